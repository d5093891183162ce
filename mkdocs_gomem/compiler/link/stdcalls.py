"""Which interface methods do functions of std call, themselves or through what they call?

The linker keeps a method of the author's that may be in an interface when any kept code calls an
interface method of its name (`reach`). Bodies of std are not followed for that: this table says
what following them finds. Its rows were read from binaries of go1.27.3: a program whose one type
has every method of note, and which calls the function, keeps just these. `Error` and `String`
are called by the runtime, and stand nowhere.

A row is for all functions whose link name begins so, unless a longer one is, too. What has no row
calls no method that an author would write.
"""

from __future__ import annotations

from typing import Final

FILES: Final = frozenset({"os.Stdin", "os.Stdout", "os.Stderr"})
"""Variables of package os that put a file into an interface."""
OF_FILES: Final = frozenset({"Read", "Write"})
"""Once one of these is called of an interface, the file's own is kept,"""
BY_FILES: Final = frozenset({"Is", "Unwrap"})
"""and that looks into its error."""

_PRINTS = "Format GoString"
_GOB = f"{_PRINTS} Is Len Name Unwrap Write"
_HEAP = "Len Less Swap"
_JSON = (
    "AppendText As Format GoString Is IsZero Len MarshalJSON MarshalJSONTo MarshalText Name Read "
    "UnmarshalJSON UnmarshalJSONFrom UnmarshalText Unwrap Write WriteString"
)
_XML_OUT = f"{_PRINTS} MarshalText MarshalXML MarshalXMLAttr Name Write WriteString"
_XML_IN = f"{_PRINTS} Read ReadByte UnmarshalText UnmarshalXML UnmarshalXMLAttr"
_TABLE: Final = {
    "bufio.(*Reader)": "Read WriteTo",
    "bufio.(*Scanner)": "Read",
    "bufio.(*Writer)": "Write",
    "bufio.(*Writer).ReadFrom": "Read ReadFrom Write",
    "bufio.(*Writer).WriteString": "Write WriteString",
    "bytes.(*Buffer).ReadFrom": "Read",
    "bytes.(*Buffer).WriteTo": "Write",
    "compress/flate.(*Writer)": f"{_PRINTS} Write",
    "compress/gzip.(*Writer)": f"{_PRINTS} Write WriteString",
    "compress/gzip.NewReader": "Read ReadByte",
    "container/heap.": _HEAP,
    "container/heap.Pop": f"{_HEAP} Pop",
    "container/heap.Push": f"{_HEAP} Push",
    "container/heap.Remove": f"{_HEAP} Pop",
    "context.AfterFunc": "Done Err Value",
    "context.Cause": "Err Value",
    "context.WithCancel": "Done Err Value",
    "context.WithDeadline": "Deadline Done Err Value",
    "context.WithTimeout": "Deadline Done Err Value",
    "crypto/": "BlockSize MarshalBinary Reset Sum UnmarshalBinary Write",
    "encoding/binary.Read": "Len Read",
    "encoding/binary.Write": "Len Write",
    "encoding/csv.(*Reader)": f"{_PRINTS} Read",
    "encoding/csv.(*Writer)": "Write WriteString",
    "encoding/gob.": _GOB,
    "encoding/gob.(*Decoder)": f"{_GOB} GobDecode Read UnmarshalBinary UnmarshalText",
    "encoding/gob.(*Encoder)": f"{_GOB} GobEncode MarshalBinary MarshalText",
    "encoding/hex.Dump": "Write",
    "encoding/json": _JSON,
    "encoding/json.checkValid": f"{_PRINTS} As Name Read Unwrap Write WriteString",
    "encoding/pem.Encode": "Write",
    "encoding/xml.": f"{_XML_OUT} {_XML_IN}",
    "encoding/xml.(*Decoder)": _XML_IN,
    "encoding/xml.(*Encoder)": _XML_OUT,
    "encoding/xml.Marshal": _XML_OUT,
    "encoding/xml.Unmarshal": _XML_IN,
    "errors.As": "As Unwrap",
    "errors.Is": "Is Unwrap",
    "errors.Unwrap": "Unwrap",
    "errors.as": "As Unwrap",
    "errors.is": "Is Unwrap",
    "flag.": f"{_PRINTS} Is IsBoolFlag Unwrap Write",
    "flag.(*FlagSet).Parse": f"{_PRINTS} Is IsBoolFlag Set Unwrap Write",
    "flag.(*FlagSet).Set": f"{_PRINTS} Is IsBoolFlag Set Unwrap Write",
    "fmt.": _PRINTS,
    "fmt.Fprint": f"{_PRINTS} Write",
    "fmt.Fscan": "Read ReadRune Scan UnreadRune",
    "fmt.Scan": "Read ReadRune Scan UnreadRune",
    "fmt.Sscan": "Read ReadRune Scan UnreadRune",
    "index/suffixarray.(*Index).Write": "Write",
    "io.Copy": "Read ReadFrom Write WriteTo",
    "io.Read": "Read",
    "io.WriteString": "Write WriteString",
    "io.copyBuffer": "Read ReadFrom Write WriteTo",
    "io/fs.ReadFile": "Close Open Read ReadFile Size Stat",
    "io/fs.WalkDir": "Close IsDir Mode Name Open ReadDir Stat Type",
    "log.": f"{_PRINTS} Is Unwrap Write",
    "log/slog.": f"{_JSON} Enabled Handle LogValue WithAttrs WithGroup",
    "math/big.": "Write",
    "math/rand.": "Int63 Seed Write",
    "math/rand.(*Rand)": "Int63 Write",
    "math/rand.(*rngSource)": "",
    "math/rand/v2.": "Uint64",
    "os.(*File)": "Is Unwrap",
    "os.ReadFile": "Is Unwrap",
    "os.WriteFile": "Is Unwrap",
    "regexp.": f"{_HEAP} ReadRune",
    "sort.IsSorted": "Len Less",
    "sort.Sort": _HEAP,
    "sort.Stable": _HEAP,
    "strings.(*Reader).WriteTo": "Write WriteString",
    "strings.(*Replacer)": "Write WriteString",
    "sync.(*Cond).Wait": "Lock Unlock",
    "text/scanner.(*Scanner)": f"{_PRINTS} Is Read Unwrap Write",
    "text/tabwriter.": f"{_PRINTS} Write",
}
_ROWS: Final = sorted(_TABLE, key=len, reverse=True)


def called_by(name: str) -> frozenset[str]:
    """Return the interface methods that a function of std leads to, by its link name."""
    for row in _ROWS:
        if name.startswith(row):
            return frozenset(_TABLE[row].split())
    return frozenset()
