// step — what changes from one optimizer step to the next; written once a micro-batch (host: src/train/stepUniform.ts)

struct Slot {
  threshold: u32,   // a word below it drops its element: floor(p * 2^32)
  scale: f32,       // ρ, what kept values are multiplied by
  unused1: u32,
  unused2: u32,
}

struct Step {
  seed: u32,
  mask_step: u32,         // what masks.md calls step
  ring_slot: u32,         // where this step's scalars go in the metrics ring
  micro_batch: u32,       // number of this micro-batch in its step
  step_size: f32,         // η / (1 − β₁ᵗ)
  second_correction: f32, // 1 / sqrt(1 − β₂ᵗ)
  decay: f32,             // η · weight decay
  clip: f32,              // global norm limit, 0 = none
  alpha: f32,             // weight of the consistency term
  smoothing: f32,         // label smoothing ε
  inverse_rows: f32,      // 1 / number of counted rows, of all micro-batches together
  l1: f32,                // weight λ of the L1 penalty on A and B
  neftune: f32,           // α of the noise on the token embeddings
  unused1: u32,
  unused2: u32,
  unused3: u32,
  slots: array<Slot, 256>,
}
@group(0) @binding(1) var<uniform> step: Step;
