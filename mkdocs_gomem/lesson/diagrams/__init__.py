"""One kind of picture per file.

On this shelf:
    segments: code, data, stacks and heap, over the steps of a run.
And what pictures share:
    rows: a value over all scenes as cells at fixed places.
    columns: the sheet, and regions and things under each other.
    stacks: frames of goroutines, with inlined calls as bands.
    arrows: pointers from cell to thing.
    spoken: the picture in words.
    canvas: shapes at fixed places, written as DOT.
    engine: Graphviz, DOT in and SVG out.
    svg: Graphviz's SVG made fit for a page.
"""
