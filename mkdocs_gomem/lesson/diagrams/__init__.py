"""One kind of picture per file.

On this shelf:
    segments: code, data, stacks and heap, over the steps of a run.
And what pictures share:
    rows: a value over all scenes as cells at fixed places.
    canvas: shapes at fixed places, written as DOT.
    engine: Graphviz, DOT in and SVG out.
    svg: Graphviz's SVG made fit for a page.
"""
