// stored (float16 form) — frozen weights as halves, two in a word, the first in its lower bits; no adapter lacks what this takes. A value below
// 2^-14 may be read as 0, as WGSL allows
@group(0) @binding(3) var<storage, read> stored: array<u32>;

fn stored_at(place: u32) -> f32 { return unpack2x16float(stored[place / 2u])[place % 2u]; }
