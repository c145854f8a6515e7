// masks — which elements a dropout site keeps (twin: src/random/masks.ts; normative: masks.md)
// libs: random, step

const NONE = 0u;
const ELEMENT = 1u;
const COLUMN = 2u;
const SPAN = 3u;

// What is there of a sample: all its rows, or the one that a head of classes reads.
const ALL = 0u;
const FIRST = 1u;   // the first row, a virtual one with a prompt
const LAST = 2u;    // the last real token

// site = branch << 24 | kind << 16 | layer; `site` comes with branch 0.
fn site_of(site: u32, branch: u32) -> u32 {
  return site | (branch << 24u);
}

fn keep_word(slot: u32, site: u32, index: u32) -> bool {
  return word(step.seed, step.mask_step, site, index) >= step.slots[slot].threshold;
}

// Whether token `token` survives the span of `length` out of n real tokens that row `row` draws.
fn keep_span(site: u32, row: u32, token: u32, n: u32, length: u32) -> bool {
  if (length > n) { return true; }
  let start = word(step.seed, step.mask_step, site, row) % (n - length + 1u);
  return token < start || token >= start + length;
}
