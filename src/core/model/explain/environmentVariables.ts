/**
 * Where CoderClaw looks for the key of a provider (normalized id) in the environment, in its sequence:
 * the first that is set counts, and a blank one is not set. Also those of providers whose keys cannot be
 * stored from here. Source: `resolveEnvApiKey` in CoderClaw's `src/agents/model-auth.ts`.
 */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['ANTHROPIC_OAUTH_TOKEN', 'ANTHROPIC_API_KEY'],
  cerebras: ['CEREBRAS_API_KEY'],
  chutes: ['CHUTES_OAUTH_TOKEN', 'CHUTES_API_KEY'],
  'cloudflare-ai-gateway': ['CLOUDFLARE_AI_GATEWAY_API_KEY'],
  coderclawllm: ['CODERCLAW_LINK_API_KEY'],
  deepgram: ['DEEPGRAM_API_KEY'],
  'github-copilot': ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN'],
  google: ['GEMINI_API_KEY'],
  groq: ['GROQ_API_KEY'],
  huggingface: ['HUGGINGFACE_HUB_TOKEN', 'HF_TOKEN'],
  'kimi-coding': ['KIMI_API_KEY', 'KIMICODE_API_KEY'],
  litellm: ['LITELLM_API_KEY'],
  minimax: ['MINIMAX_API_KEY'],
  'minimax-portal': ['MINIMAX_OAUTH_TOKEN', 'MINIMAX_API_KEY'],
  mistral: ['MISTRAL_API_KEY'],
  moonshot: ['MOONSHOT_API_KEY'],
  nvidia: ['NVIDIA_API_KEY'],
  ollama: ['OLLAMA_API_KEY'],
  openai: ['OPENAI_API_KEY'],
  opencode: ['OPENCODE_API_KEY', 'OPENCODE_ZEN_API_KEY'],
  openrouter: ['OPENROUTER_API_KEY'],
  qianfan: ['QIANFAN_API_KEY'],
  'qwen-portal': ['QWEN_OAUTH_TOKEN', 'QWEN_PORTAL_API_KEY'],
  synthetic: ['SYNTHETIC_API_KEY'],
  together: ['TOGETHER_API_KEY'],
  venice: ['VENICE_API_KEY'],
  'vercel-ai-gateway': ['AI_GATEWAY_API_KEY'],
  vllm: ['VLLM_API_KEY'],
  voyage: ['VOYAGE_API_KEY'],
  xai: ['XAI_API_KEY'],
  xiaomi: ['XIAOMI_API_KEY'],
  zai: ['ZAI_API_KEY', 'Z_AI_API_KEY'],
};

/** A variable by its name alone: what it holds is nobody's business here. */
export interface SeenVariable {
  readonly name: string;
  readonly isSet: boolean;
}

/**
 * The variables of a provider, in CoderClaw's sequence, with whether each is set.
 * @param provider Normalized id.
 */
export function variablesFor(
  provider: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly SeenVariable[] {
  const names = Object.hasOwn(VARIABLES, provider) ? (VARIABLES[provider] ?? []) : [];
  return names.map((name) => ({ name, isSet: (environment[name] ?? '').trim() !== '' }));
}
