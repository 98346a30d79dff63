//! Splitting a total into parts that add up to it exactly.

/// `total` in one part per weight, each at least `min` and the rest in proportion to the weights, by largest remainder.
/// The parts add up to `total` whenever there are parts and `total >= min * parts`.
pub(super) fn split(total: u64, weights: &[u64], min: u64) -> Vec<u64> {
    let sum: u64 = weights.iter().sum::<u64>().max(1);
    let rest = total.saturating_sub(min * weights.len() as u64);
    let mut parts: Vec<u64> = weights.iter().map(|w| min + rest * w / sum).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| (core::cmp::Reverse(rest * weights[i] % sum), i));
    let mut left = total.saturating_sub(parts.iter().sum());
    for &i in by_remainder.iter().cycle().take(left as usize) {
        parts[i] += 1;
        left -= 1;
    }
    debug_assert_eq!(left, 0);
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn parts_add_up_and_keep_the_minimum() {
        for total in [42, 100, 3_210, 203_500] {
            for weights in [vec![1; 42], vec![0; 7], (0..30).collect(), vec![1_000_000, 1, 1]] {
                let parts = split(total, &weights, 1);
                assert_eq!(parts.iter().sum::<u64>(), total);
                assert!(parts.iter().all(|p| *p >= 1));
            }
        }
        assert_eq!(split(10, &[1, 1, 2], 1), [3, 3, 4]);
    }
}
