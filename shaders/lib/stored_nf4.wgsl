// stored (NF4 form) — frozen weights in blocks of 64: a word with their largest size, then 8 words with eight numbers of levels each, the first in
// its lowest bits
// source   Dettmers et al. 2023, "QLoRA", §3; the levels are those of bitsandbytes' code book
@group(0) @binding(3) var<storage, read> stored: array<u32>;

// A choice by bits, since not every compiler indexes a constant array.
fn nf4_level(code: u32) -> f32 {
  let one = (code & 1u) != 0u;
  let two = (code & 2u) != 0u;
  let four = (code & 4u) != 0u;
  let a = select(select(-1.0, -0.6961928009986877, one), select(-0.5250730514526367, -0.39491748809814453, one), two);
  let b = select(select(-0.28444138169288635, -0.18477343022823334, one), select(-0.09105003625154495, 0.0, one), two);
  let c = select(select(0.07958029955625534, 0.16093020141124725, one), select(0.24611230194568634, 0.33791524171829224, one), two);
  let d = select(select(0.44070982933044434, 0.5626170039176941, one), select(0.7229568362236023, 1.0, one), two);
  return select(select(a, b, four), select(c, d, four), (code & 8u) != 0u);
}

fn stored_at(place: u32) -> f32 {
  let block = place / 64u * 9u;
  let word = stored[block + 1u + place % 64u / 8u];
  return nf4_level(word >> (place % 8u * 4u)) * bitcast<f32>(stored[block]);
}
