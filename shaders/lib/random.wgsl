// random — the counter-based random words behind every mask (twin: src/random/words.ts)
// source: Jarzynski & Olano 2020, "Hash Functions for GPU Rendering" (pcg4d)

fn pcg4d(input: vec4<u32>) -> vec4<u32> {
  var v = input * 1664525u + 1013904223u;
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  v ^= v >> vec4<u32>(16u);
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  return v;
}

// The word of element `index` at `site`: one hash serves four neighbouring elements.
fn word(seed: u32, step: u32, site: u32, index: u32) -> u32 {
  return pcg4d(vec4<u32>(seed, step, site, index >> 2u))[index & 3u];
}
