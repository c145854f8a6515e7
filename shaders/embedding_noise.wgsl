// embedding_noise — y = x + u·α/√(L·D) at the L real tokens of a sample, u uniform in (−1, 1): NEFTune, in training only
//
// shapes   x, y (S,T,D); lengths (B) = L; S = B, or 2·B when a batch runs twice; padded tokens pass as they are
// threads  one invocation per four neighbouring elements of a branch, which share one hash; grid z = branch
// backward dx = dy: the gradient passes, no dispatch
// source   Jain et al. 2023, "NEFTune: Noisy Embeddings Improve Instruction Finetuning", arXiv 2310.05914
// libs     random, step, masks
struct Params {
  elements: u32,       // of one branch: B·T·D
  tokens: u32, width: u32,
  site: u32,
  branch: u32, clean_branch: u32,
  row_stride: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> lengths: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

// (word + ½) / 2³¹ − 1. Taken about zero as a signed number first, so that small values keep their digits.
fn symmetric(bits: u32) -> f32 {
  return f32(bitcast<i32>(bits ^ 0x80000000u)) * 0x1p-31f + 0x1p-32f;
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let thread = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || thread * 4u >= params.elements) { return; }
  let branch = params.branch + id.z;
  let words = pcg4d(vec4<u32>(step.seed, step.mask_step, site_of(params.site, branch), thread));
  for (var lane = 0u; lane < 4u; lane++) {
    let element = thread * 4u + lane;
    if (element >= params.elements) { break; }
    let row = element / params.width;
    let length = lengths[row / params.tokens];
    let noisy = branch != params.clean_branch && row % params.tokens < length;
    let bound = step.neftune * inverseSqrt(f32(max(length, 1u) * params.width));
    let at = id.z * params.elements + element;
    y[at] = x[at] + select(0.0, symmetric(words[lane]) * bound, noisy);
  }
}
