/** A value that a provider needs beside the key: stored in the `metadata` of the credential. */
export type SecretField = 'accountId' | 'gatewayId';

/**
 * A provider whose API keys can be stored from here, as data. What people call it stands with all
 * other names in `ui/words/providers.ts`.
 */
export interface ApiKeyProvider {
  /** CoderClaw's normalized provider id. */
  readonly id: string;
  /**
   * Environment variables in which pi-ai (`env-api-keys`; a test compares), the provider's own tools
   * or their documentation look for the key; the most telling first.
   */
  readonly variables: readonly string[];
  /** The https page on which a person makes a key. Absent where it is not known, or on their own server. */
  readonly keyPage?: string;
  readonly fields?: readonly SecretField[];
  /** A gateway, which may be given the key of a provider behind it. */
  readonly takesOthersKeys?: true;
}

/** In the order in which they are offered. */
export const apiKeyProviders: readonly ApiKeyProvider[] = [
  {
    id: 'openai',
    variables: ['OPENAI_API_KEY'],
    keyPage: 'https://platform.openai.com/api-keys',
  },
  {
    id: 'anthropic',
    variables: ['ANTHROPIC_API_KEY'],
    keyPage: 'https://console.anthropic.com/settings/keys',
  },
  {
    id: 'google',
    variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    keyPage: 'https://aistudio.google.com/apikey',
  },
  { id: 'xai', variables: ['XAI_API_KEY'], keyPage: 'https://console.x.ai' },
  {
    id: 'openrouter',
    variables: ['OPENROUTER_API_KEY'],
    keyPage: 'https://openrouter.ai/keys',
  },
  { id: 'litellm', variables: ['LITELLM_API_KEY'], takesOthersKeys: true },
  { id: 'vercel-ai-gateway', variables: ['AI_GATEWAY_API_KEY'] },
  {
    id: 'cloudflare-ai-gateway',
    variables: ['CLOUDFLARE_AI_GATEWAY_API_KEY'],
    fields: ['accountId', 'gatewayId'],
    takesOthersKeys: true,
  },
  {
    id: 'moonshot',
    variables: ['MOONSHOT_API_KEY'],
    keyPage: 'https://platform.moonshot.ai/console/api-keys',
  },
  { id: 'kimi-coding', variables: ['KIMI_API_KEY', 'KIMICODE_API_KEY'] },
  { id: 'minimax', variables: ['MINIMAX_API_KEY'] },
  {
    id: 'zai',
    variables: ['ZAI_API_KEY', 'Z_AI_API_KEY'],
    keyPage: 'https://z.ai/manage-apikey/apikey-list',
  },
  {
    id: 'qianfan',
    variables: ['QIANFAN_API_KEY'],
    keyPage: 'https://console.bce.baidu.com/qianfan/ais/console/apiKey',
  },
  {
    id: 'xiaomi',
    variables: ['XIAOMI_API_KEY'],
    keyPage: 'https://platform.xiaomimimo.com/#/console/api-keys',
  },
  { id: 'synthetic', variables: ['SYNTHETIC_API_KEY'], keyPage: 'https://synthetic.new' },
  { id: 'together', variables: ['TOGETHER_API_KEY'] },
  {
    id: 'huggingface',
    variables: ['HF_TOKEN', 'HUGGINGFACE_HUB_TOKEN'],
    keyPage: 'https://huggingface.co/settings/tokens',
  },
  { id: 'venice', variables: ['VENICE_API_KEY'], keyPage: 'https://venice.ai/settings/api' },
  {
    id: 'opencode',
    variables: ['OPENCODE_API_KEY', 'OPENCODE_ZEN_API_KEY'],
    keyPage: 'https://opencode.ai/auth',
  },
  {
    id: 'mistral',
    variables: ['MISTRAL_API_KEY'],
    keyPage: 'https://console.mistral.ai/api-keys',
  },
  { id: 'groq', variables: ['GROQ_API_KEY'], keyPage: 'https://console.groq.com/keys' },
  { id: 'cerebras', variables: ['CEREBRAS_API_KEY'], keyPage: 'https://cloud.cerebras.ai' },
  { id: 'nvidia', variables: ['NVIDIA_API_KEY'], keyPage: 'https://build.nvidia.com' },
];
