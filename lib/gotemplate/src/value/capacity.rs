//! How much room Go's `append` leaves behind the last item of a slice.

use super::Element;

/// The sizes of Go's small memory blocks, in bytes.
const BLOCKS: [usize; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512,
    576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864, 5120, 5376,
    6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576,
    27264, 28672,
];
/// The largest small block.
const LARGEST: usize = 32768;
const PAGE: usize = 8192;
/// Larger blocks with pointers in them begin with a header.
const HEADERLESS: usize = 512;
const HEADER: usize = 8;

/// The capacity after `len` items were added one by one to none.
pub(super) fn grown(element: Element, len: usize) -> usize {
    let mut capacity = 0;
    while capacity < len {
        capacity = next(element, capacity, capacity + 1);
    }
    capacity
}

/// The capacity after a full slice of `old` items grew to `needed` at once.
pub(super) fn next(element: Element, old: usize, needed: usize) -> usize {
    const DOUBLING_ENDS: usize = 256;
    if needed <= old {
        return old;
    }
    let mut capacity = old;
    if needed > 2 * old {
        capacity = needed;
    } else if old < DOUBLING_ENDS {
        capacity = 2 * old;
    } else {
        while capacity < needed {
            capacity += (capacity + 3 * DOUBLING_ENDS) / 4;
        }
    }
    let (size, has_pointers) = match element {
        Element::Any | Element::String => (16, true),
        Element::Int => (8, false),
        Element::AnyList => (24, true),
        Element::Map => (8, true),
    };
    block(capacity * size, has_pointers) / size
}

/// The bytes of the memory block that holds so many.
fn block(bytes: usize, has_pointers: bool) -> usize {
    let header = if has_pointers && bytes > HEADERLESS { HEADER } else { 0 };
    let wanted = bytes + header;
    if bytes > LARGEST - HEADER {
        return bytes.next_multiple_of(PAGE);
    }
    let fitting = BLOCKS[BLOCKS.partition_point(|block| *block < wanted)..].first();
    fitting.copied().unwrap_or(LARGEST) - header
}

#[cfg(test)]
mod tests {
    use super::*;

    // As Go 1.26 counts them.
    #[test]
    fn capacities_are_those_of_go() {
        let grown_to = [1, 3, 5, 9, 17, 33, 72, 144, 304, 592, 1024, 1536, 2561, 18433].map(|len| grown(Element::Any, len));
        assert_eq!(grown_to, [1, 4, 8, 16, 32, 71, 143, 303, 591, 1023, 1535, 2560, 3584, 23552]);
        let grown_to = [33, 257, 513, 849, 3409, 16385].map(|len| grown(Element::Int, len));
        assert_eq!(grown_to, [64, 512, 848, 1280, 5120, 21504]);
        let appended = [1, 3, 16, 17, 20, 31, 50, 255, 256, 512, 2000].map(|len| next(Element::Any, len, len + 1));
        assert_eq!(appended, [2, 6, 32, 35, 43, 63, 111, 511, 591, 847, 3072]);
        let prepended = [1, 3, 16, 20, 50, 512].map(|len| next(Element::Any, 1, len + 1));
        assert_eq!(prepended, [2, 4, 18, 22, 55, 591]);
    }
}
