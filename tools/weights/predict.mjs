// node tools/weights/predict.mjs
//
// Memory that LoRA of rank 8 on queries and values takes on larger models, planned from their configurations: no weights and no GPU. docs/models.md has the figures.
import { runCommand } from '../command.mjs';
import { ensureInstalled } from '../install.mjs';

const llama = { model_type: 'llama', hidden_act: 'silu', max_position_embeddings: 2048, rms_norm_eps: 1e-5, rope_theta: 10000, tie_word_embeddings: false, vocab_size: 32000 };
const MODELS = {
  'RoBERTa-large': ['classification', { model_type: 'roberta', hidden_size: 1024, num_hidden_layers: 24, num_attention_heads: 16, intermediate_size: 4096, hidden_act: 'gelu', vocab_size: 50265, max_position_embeddings: 514, type_vocab_size: 1, layer_norm_eps: 1e-5, pad_token_id: 1 }],
  'GPT-2 Medium': ['language_model', { model_type: 'gpt2', vocab_size: 50257, n_positions: 1024, n_embd: 1024, n_layer: 24, n_head: 16, activation_function: 'gelu_new', layer_norm_epsilon: 1e-5 }],
  TinyLlama: ['language_model', { ...llama, hidden_size: 2048, num_hidden_layers: 22, num_attention_heads: 32, num_key_value_heads: 4, intermediate_size: 5632 }],
  'Llama-2-7B': ['language_model', { ...llama, hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32, intermediate_size: 11008 }],
};
const ROWS = [
  ['RoBERTa-large', 'f32', 16, 128], ['RoBERTa-large', 'nf4', 16, 128], ['GPT-2 Medium', 'f32', 4, 128], ['GPT-2 Medium', 'nf4', 4, 128],
  ['TinyLlama', 'f16', 4, 128], ['TinyLlama', 'nf4', 4, 128], ['Llama-2-7B', 'nf4', 1, 128], ['Llama-2-7B', 'nf4', 4, 128],
];
const gib = (bytes) => (bytes / 2 ** 30).toFixed(2);

await runCommand('predict', async () => {
  ensureInstalled();
  const { loadModule } = await import('../runtimes/vite.mjs');
  const { predictSize } = await loadModule('/src/headless/predictSizes.ts');
  console.log('| model | weights as | rows × tokens | weights | optimizer | training plan | live at most | together, GiB |\n|---|---|---|---|---|---|---|---|');
  for (const [name, format, samples, tokens] of ROWS) {
    const [problem, config] = MODELS[name];
    const { weights, optimizer, train, live } = predictSize(JSON.stringify(config), problem, format, samples, tokens);
    console.log(`| ${name} | ${format} | ${samples} × ${tokens} | ${gib(weights)} | ${gib(optimizer)} | ${gib(train)} | ${gib(live)} | ${gib(weights + optimizer + train)} |`);
  }
});
