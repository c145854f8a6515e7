// dropout — y = x·m·ρ at a token-level position (hidden, ffn_inner, embedding, output, lora_input, lora_rank), optionally added to
// what is there already or to a residual
//
// shapes   x, y, residual (S,V+T,D), or (S,D) where only the row that a head reads is there; lengths (B); S = B, or 2·B when a batch
//          runs twice; V virtual tokens of a prompt stand in front
// threads  one invocation per four neighbouring elements of a branch, which share one hash in the element pattern; grid z = branch
// virtual  rows of virtual tokens pass unmasked and unscaled; mask indices count tokens only
// backward dx = dy·m·ρ: the same entry point with dy for x; the mask is drawn again, never stored
// libs     random, step, masks, last_token
// set by the host
const PATTERN: u32 = 1;
const READ: u32 = 0;             // ALL, FIRST, LAST: the token that a row of (S,D) is
const RESIDUAL: bool = false;    // y = residual + x·m·ρ
const ACCUMULATE: bool = false;  // y += x·m·ρ

struct Params {
  elements: u32,       // of one branch, tokens only: B·T·D, or B·D
  tokens: u32, width: u32, samples: u32, virtual_tokens: u32,
  slot: u32, site: u32,
  branch: u32, clean_branch: u32,
  row_stride: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<storage, read> lengths: array<u32>;
@group(0) @binding(5) var<storage, read> span_lengths: array<u32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

// Index of an element in the [B,T,D] that the mask is drawn for.
fn index_of(element: u32) -> u32 {
  if (READ == ALL) { return element; }
  let b = element / params.width;
  var token = 0u;
  if (READ == LAST) { token = last_token(lengths[b]); }
  return (b * params.tokens + token) * params.width + element % params.width;
}

fn keeps_token(site: u32, row: u32) -> bool {
  if (PATTERN == SPAN) {
    let b = row / params.tokens;
    return keep_span(site, b, row % params.tokens, lengths[b], span_lengths[params.slot * params.samples + b]);
  }
  return keep_word(params.slot, site, row);
}

// One element, `at` in the buffers; `value` is already masked and scaled.
fn write(at: u32, value: f32) {
  var result = value;
  if (RESIDUAL) { result += residual[at]; }
  if (ACCUMULATE) { result += y[at]; }
  y[at] = result;
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let thread = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride) { return; }
  let quads = (params.elements + 3u) / 4u;
  let per_sample = select(1u, params.tokens, READ == ALL) * params.width;
  let stride = per_sample + params.virtual_tokens * params.width;   // elements of a sample in the buffers
  let start = id.z * params.samples * stride;
  if (thread >= quads) {
    // The rows in front: one thread each element.
    let own = params.virtual_tokens * params.width;
    let element = thread - quads;
    if (element < params.samples * own) {
      let at = start + (element / max(own, 1u)) * stride + element % max(own, 1u);
      write(at, x[at]);
    }
    return;
  }
  let branch = params.branch + id.z;
  let site = site_of(params.site, branch);
  let clean = branch == params.clean_branch;
  let scale = select(step.slots[params.slot].scale, 1.0, clean);
  let threshold = step.slots[params.slot].threshold;
  var words = vec4<u32>();
  if (PATTERN == ELEMENT && READ == ALL) { words = pcg4d(vec4<u32>(step.seed, step.mask_step, site, thread)); }
  for (var lane = 0u; lane < 4u; lane++) {
    let element = thread * 4u + lane;
    if (element >= params.elements) { break; }
    var keep = clean;
    if (!clean) {
      if (PATTERN != ELEMENT) { keep = keeps_token(site, index_of(element) / params.width); }
      else if (READ == ALL) { keep = words[lane] >= threshold; }
      else { keep = keep_word(params.slot, site, index_of(element)); }
    }
    let at = start + (element / per_sample) * stride + params.virtual_tokens * params.width + element % per_sample;
    write(at, select(0.0, x[at] * scale, keep));
  }
}
