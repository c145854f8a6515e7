// last_token — which token of a sample a decoder's head reads: the last real one, and of a sample without any the first

fn last_token(length: u32) -> u32 {
  return max(length, 1u) - 1u;
}
