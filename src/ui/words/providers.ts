import { shownKey } from '../../core/documents/shownText.ts';

/** What people call a provider. Proper nouns: not translated. Others go by their id. */
const names: Readonly<Record<string, string>> = {
  anthropic: 'Anthropic',
  'cloudflare-ai-gateway': 'Cloudflare AI Gateway',
  cerebras: 'Cerebras',
  chutes: 'Chutes',
  'github-copilot': 'GitHub Copilot',
  google: 'Google',
  'google-gemini-cli': 'Gemini CLI',
  groq: 'Groq',
  huggingface: 'Hugging Face',
  'kimi-coding': 'Kimi Coding',
  litellm: 'LiteLLM',
  minimax: 'MiniMax',
  'minimax-portal': 'MiniMax Portal',
  mistral: 'Mistral',
  moonshot: 'Moonshot',
  nvidia: 'NVIDIA',
  openai: 'OpenAI',
  'openai-codex': 'OpenAI Codex',
  opencode: 'OpenCode',
  openrouter: 'OpenRouter',
  qianfan: 'Qianfan',
  'qwen-portal': 'Qwen',
  synthetic: 'Synthetic',
  together: 'Together',
  venice: 'Venice',
  'vercel-ai-gateway': 'Vercel AI Gateway',
  xai: 'xAI',
  xiaomi: 'Xiaomi',
  zai: 'Z.AI',
};

/** @param provider normalized provider id; one that is not known here is free text from a file. */
export function providerName(provider: string): string {
  return Object.hasOwn(names, provider) ? (names[provider] ?? provider) : shownKey(provider);
}
