// stored (int8 form) — frozen weights in blocks of 64: a word with their scale, the largest size by 127, then 16 words with four whole numbers of
// 8 bits each, the first in its lowest bits
@group(0) @binding(3) var<storage, read> stored: array<u32>;

fn stored_at(place: u32) -> f32 {
  let block = place / 64u * 17u;
  let word = stored[block + 1u + place % 64u / 4u];
  // Up to the sign, and down again with it.
  return f32(bitcast<i32>(word << (24u - place % 4u * 8u)) >> 24u) * bitcast<f32>(stored[block]);
}
