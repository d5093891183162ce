"""Where panels appear: MkDocs, plain Markdown, the command line.

On this shelf, one host per file:
    mkdocs: the plugin, for MkDocs and ProperDocs; nothing else imports MkDocs.
    markdown: the extension, for whatever renders Python-Markdown.
    cli: `gomem`.
And what hosts share:
    fences: which fence gets what, and a fence made into its HTML.
    scan: every Go fence of Markdown files, without building a site.
    cache: what was rendered before.
"""
