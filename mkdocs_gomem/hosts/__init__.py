"""Where panels appear: MkDocs, plain Markdown, the command line.

On this shelf, one host per file:
    mkdocs: the plugin, for MkDocs and ProperDocs; nothing else imports MkDocs.
    markdown: the extension, for whatever renders Python-Markdown.
    cli: `gomem`, with what it does in commands/.
And what hosts share:
    options: what is asked for a fence, and what it became; plain data.
    headers: first lines of fences that superfences cannot read.
    archive: the files in a txtar archive.
    completion: a fence's text made into a file that can be compiled.
    programs: the files of one program, from a fence, an archive or a group of fences.
    fences: which fence gets what, and a fence or a group made into its HTML.
    stock: Go fences where a site has no superfences.
    scan: every Go fence of Markdown files, without building a site.
    assets: style and script.
    cache: what was rendered before.
"""

WAY_OUT = 'To show the block without a panel, write `gomem="off"` in its first line.'
"""What an author can always do about a program that is refused."""
