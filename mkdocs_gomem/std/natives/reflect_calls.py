"""Package reflect: functions and methods as values, channels and maps.

A value of kind func holds the Python callable; calling it is calling that. `MakeFunc` makes one
that hands its arguments over as values. Source: reflect/value.go, makefunc.go, map.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.gotypes.objects import is_exported
from mkdocs_gomem.machine import calls, maps, panics
from mkdocs_gomem.machine.executable import Site
from mkdocs_gomem.machine.heap import MAP_HEADER
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.values import NIL, Slice
from mkdocs_gomem.source import NO_POS
from mkdocs_gomem.std.natives.reflect_convert import assignable, assigned
from mkdocs_gomem.std.natives.reflect_types import (
    direction,
    given,
    method_number,
    method_type,
    methods_of,
    parameters,
    results,
    signature_of,
)
from mkdocs_gomem.std.natives.reflect_value import (
    READ_ONLY,
    Value,
    copied_out,
    held,
    hold,
    kind_of,
    must_be_exported,
    must_set,
    panic,
    sticky,
    store,
    wanted,
    wrong_kind,
    zero_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.values import Iface

_RECEIVE, _SEND, _BOTH = 1, 2, 3
_MOST_CASES: Final = 65536
_VALUE: Final = 24
"""Bytes of a `reflect.Value`."""
_KEY: Final = 150
"""Bytes of our process for the key of a map as a `Value`."""
_A_CASE: Final = 20
"""Steps that a case of a `select` takes, which was put together at run time."""


# Calls.


def _call(m: Machine, value: Any, arguments: Slice, *, op: str = "Call") -> Slice:
    """`Call`, `CallSlice`"""
    wanted(m, value, op, "func")
    must_be_exported(m, value, f"reflect.Value.{op}")
    function = held(value)
    if function is None:
        panic(m, "reflect.Value.Call: call of nil function")
    typ: RType = value.f0
    given = list(arguments.elements())
    wanted_types = parameters(typ)
    variadic = signature_of(typ, "IsVariadic").variadic
    _check_count(m, op, len(given), len(wanted_types), variadic=variadic)
    if any(one.f0 is None for one in given):
        panic(m, f"reflect: {op} using zero Value argument")
    fixed = len(wanted_types) - (variadic and op == "Call")
    for one, target in zip(given[:fixed], wanted_types, strict=False):
        if not assignable(target, one.f0):
            panic(m, f"reflect: {op} using {one.f0.name} as type {target.name}")
    rest = [] if fixed == len(wanted_types) else [_packed(m, op, given[fixed:], wanted_types[-1])]
    for one in given:
        must_be_exported(m, one, f"reflect.Value.{op}")
    passed = [
        target.copy(assigned(m, "reflect.Value.Call", target, one))
        for one, target in zip(given[:fixed], wanted_types, strict=False)
    ]
    returned = calls.spread(function, passed + rest)
    outs = results(typ)
    if not outs:
        return NIL
    parts = (returned,) if len(outs) == 1 else returned
    values = [hold(out, part) for out, part in zip(outs, parts, strict=True)]
    return Slice(values, 0, len(values), len(values))


def _check_count(m: Machine, op: str, given: int, wants: int, *, variadic: bool) -> None:
    if op == "CallSlice":
        if not variadic:
            panic(m, "reflect: CallSlice of non-variadic function")
    elif variadic:
        wants -= 1
    if given < wants:
        panic(m, f"reflect: {op} with too few input arguments")
    if given > wants and (op == "CallSlice" or not variadic):
        panic(m, f"reflect: {op} with too many input arguments")


def _packed(m: Machine, op: str, values: list[Any], typ: RType) -> Slice:
    """Return the slice of a variadic parameter."""
    elem = typ.elem
    for one in values:
        if not assignable(elem, one.f0):
            panic(m, f"reflect: cannot use {one.f0.name} as type {elem.name} in {op}")
        must_be_exported(m, one, "reflect.Value.Set")
    from mkdocs_gomem.machine.structs import filler  # noqa: PLC0415 - rarely

    array = filler(elem)(len(values))
    for place, one in enumerate(values):
        array[place] = elem.copy(assigned(m, "reflect.Set", elem, one))
    return Slice(array, 0, len(values), len(values))


def _call_slice(m: Machine, value: Any, arguments: Slice) -> Slice:
    return _call(m, value, arguments, op="CallSlice")


def _make_func(m: Machine, of: Iface | None, function: Callable[[Slice], Slice] | None) -> Value:
    typ = given(of)
    if typ.kind != "func":
        panic(m, "reflect: call of MakeFunc with non-Func type")
    wanted_types, outs = parameters(typ), results(typ)

    def made_function(*arguments: Any) -> Any:
        values = [hold(t, one) for t, one in zip(wanted_types, arguments, strict=True)]
        if function is None:
            panics.nil_dereference()
        returned = function(Slice(values, 0, len(values), len(values)))
        if returned.n != len(outs):
            panic(m, "reflect: wrong return count from function created by MakeFunc")
        parts = [_returned(m, one, out) for one, out in zip(returned.elements(), outs, strict=True)]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else tuple(parts)

    return hold(typ, made_function)


def _returned(m: Machine, one: Any, out: RType) -> Any:
    said = "reflect: function created by MakeFunc using closure returned"
    if one.f0 is None:
        panic(m, f"{said} zero Value")
    if one.f2 & READ_ONLY:
        panic(m, f"{said} value obtained from unexported field")
    return out.copy(assigned(m, "reflect.MakeFunc", out, one))


# Methods.


def _number_methods(m: Machine, value: Any) -> int:
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.NumMethod", "invalid")
    return len(methods_of(value.f0))


def _method(m: Machine, value: Any, index: int) -> Value:
    typ: RType | None = value.f0
    if typ is None:
        wrong_kind(m, "reflect.Value.Method", "invalid")
    methods = methods_of(typ)
    if not 0 <= index < len(methods):
        panic(m, "reflect: Method index out of range")
    receiver, of = held(value), typ
    if typ.is_interface:
        if receiver is None:
            panic(m, "reflect: Method on nil interface value")
        of, receiver = receiver.t, receiver.v
    name = methods[index].name
    if not is_exported(name):
        return hold(method_type(typ, methods[index]), _unexported(m), sticky(value.f2))
    function = m.method(of, name)
    if function is None:
        raise panics.Unsupported(f"method {name} of {of.name}")
    kept = of.copy(receiver)
    bare = method_type(typ, methods[index])
    call = calls.with_fresh_first(function, lambda: of.copy(kept), len(parameters(bare)))
    call.__name__ = "method_of_value"
    return hold(bare, call, sticky(value.f2))


def _unexported(m: Machine) -> Callable[..., NoReturn]:
    """Return what an unexported method of an interface is as a value: not to be called."""

    def refuse(*_args: Any) -> NoReturn:
        panic(m, "reflect: Call of unexported method")

    return refuse


def _method_by_name(m: Machine, value: Any, name: bytes) -> Value:
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.MethodByName", "invalid")
    index = method_number(value.f0, name.decode("utf-8", "replace"))
    return zero_value() if index < 0 else _method(m, value, index)


# Channels.


def _channel(m: Machine, value: Any, method: str, way: int, refusal: str) -> Any:
    found = wanted(m, value, method, "chan")
    must_be_exported(m, value, f"reflect.Value.{method}")
    if not direction(value.f0) & way:
        panic(m, f"reflect: {refusal}")
    return found


def _send(m: Machine, value: Any, new: Any) -> None:
    channel = _channel(m, value, "Send", _SEND, "send on recv-only channel")
    m.channels.send(channel, _sent(m, value, new, "reflect.Value.Send"))


def _sent(m: Machine, value: Any, new: Any, context: str) -> Any:
    must_be_exported(m, new, context)
    elem = value.f0.elem
    return elem.copy(assigned(m, context, elem, new))


def _try_send(m: Machine, value: Any, new: Any) -> bool:
    channel = _channel(m, value, "TrySend", _SEND, "send on recv-only channel")
    sent = _sent(m, value, new, "reflect.Value.Send")
    return m.channels.select(((channel, True, sent),), has_default=True)[0] >= 0


def _receive(m: Machine, value: Any) -> tuple[Value, bool]:
    channel = _channel(m, value, "Recv", _RECEIVE, "recv on send-only channel")
    received, ok = m.channels.receive_ok(channel)
    return hold(value.f0.elem, received), ok


def _try_receive(m: Machine, value: Any) -> tuple[Value, bool]:
    channel = _channel(m, value, "TryRecv", _RECEIVE, "recv on send-only channel")
    chosen, received, ok = m.channels.select(((channel, False, None),), has_default=True)
    if chosen < 0:
        return zero_value(), False
    return hold(value.f0.elem, received), ok


def _close(m: Machine, value: Any) -> None:
    m.channels.close(_channel(m, value, "Close", _SEND, "close of receive-only channel"))


def _make_chan(m: Machine, of: Iface | None, size: int) -> Value:
    typ = given(of)
    if typ.kind != "chan":
        panic(m, "reflect.MakeChan of non-chan type")
    if size < 0:
        panic(m, "reflect.MakeChan: negative buffer size")
    if direction(typ) != _BOTH:
        panic(m, "reflect.MakeChan: unidirectional channel type")
    return hold(typ, m.channels.make(_site(m, typ), typ, size))  # type: ignore[arg-type]


def _site(m: Machine, typ: RType) -> Site:
    """Return where a map grows or a channel is made: in package reflect."""
    sites: dict[RType, Site] = m.state.setdefault("reflect.sites", {})
    site = sites.get(typ)
    if site is None:
        site = sites[typ] = Site(NO_POS, typ, typ.kind, Region.HEAP)
    return site


def _select(m: Machine, cases: Slice) -> tuple[int, Value, bool]:
    """`Select`: each case has Dir, Chan and Send."""
    given = list(cases.elements())
    if len(given) > _MOST_CASES:
        panic(m, f"reflect.Select: too many cases (max {_MOST_CASES})")
    m.spend(_A_CASE * len(given))
    waiting: list[tuple[Any, bool, Any]] = []
    numbers: list[int] = []
    default = -1
    for number, case in enumerate(given):
        match case.f0:
            case 3:
                if default >= 0:
                    panic(m, "reflect.Select: multiple default cases")
                _must_lack(m, case.f1, "default case has Chan value")
                _must_lack(m, case.f2, "default case has Send value")
                default = number
                continue
            case 1:
                waiting.append(_send_case(m, case))
            case 2:
                _must_lack(m, case.f2, "RecvDir case has Send value")
                waiting.append((_select_channel(m, case.f1, _RECEIVE), False, None))
            case _:
                panic(m, "reflect.Select: invalid Dir")
        numbers.append(number)
    chosen, received, ok = m.channels.select(tuple(waiting), has_default=default >= 0)
    if chosen < 0:
        return default, zero_value(), False
    if waiting[chosen][1]:
        return numbers[chosen], zero_value(), False
    elem = given[numbers[chosen]].f1.f0.elem
    return numbers[chosen], hold(elem, received), ok


def _must_lack(m: Machine, value: Any, text: str) -> None:
    if value.f0 is not None:
        panic(m, f"reflect.Select: {text}")


def _select_channel(m: Machine, value: Any, way: int) -> Any:
    if value.f0 is None:
        return None
    if value.f0.kind != "chan":
        wrong_kind(m, "reflect.Select", value.f0.kind)
    must_be_exported(m, value, "reflect.Select")
    if not direction(value.f0) & way:
        dirs = ("SendDir", "recv-only") if way == _SEND else ("RecvDir", "send-only")
        panic(m, f"reflect.Select: {dirs[0]} case using {dirs[1]} channel")
    return held(value)


def _send_case(m: Machine, case: Any) -> tuple[Any, bool, Any]:
    channel = _select_channel(m, case.f1, _SEND)
    if case.f1.f0 is None:
        return None, True, None
    if case.f2.f0 is None:
        panic(m, "reflect.Select: SendDir case missing Send value")
    return channel, True, _sent(m, case.f1, case.f2, "reflect.Select")


# Maps.


def _map_keys(m: Machine, value: Any) -> Slice:
    found = wanted(m, value, "MapKeys", "map")
    key = value.f0.key
    m.heap.reserve(_KEY * len(found.d))
    keys = [_copy(m, key, one, sticky(value.f2)) for one, _ in found.items()]
    m.made_by_std(keys, len(keys) * _VALUE, noscan=False)
    return Slice(keys, 0, len(keys), len(keys))


def _map_index(m: Machine, value: Any, key: Any) -> Value:
    found = wanted(m, value, "MapIndex", "map")
    wants, elem = value.f0.key, value.f0.elem
    if key.f0 is None:
        wrong_kind(m, "reflect.Value.MapIndex", "invalid")
    stand_in = wants.key_of(assigned(m, "reflect.Value.MapIndex", wants, key))
    if stand_in not in found.d:
        return zero_value()
    return _copy(m, elem, found.d[stand_in], sticky(value.f2 | key.f2))


def _copy(m: Machine, typ: RType, value: Any, flags: int) -> Value:
    """Return what `copyVal` makes of a key or element."""
    made = typ.copy(value)
    copied_out(m, typ, made)
    return hold(typ, made, flags)


def _set_map_index(m: Machine, value: Any, key: Any, elem: Any) -> None:
    found = wanted(m, value, "SetMapIndex", "map")
    must_be_exported(m, value, "reflect.Value.SetMapIndex")
    must_be_exported(m, key, "reflect.Value.SetMapIndex")
    typ: RType = value.f0
    put = typ.key.copy(assigned(m, "reflect.Value.SetMapIndex", typ.key, key))
    if elem.f0 is None:
        found.delete(put)
        return
    must_be_exported(m, elem, "reflect.Value.SetMapIndex")
    new = typ.elem.copy(assigned(m, "reflect.Value.SetMapIndex", typ.elem, elem))
    method = found.put if typ.key.raw_key else found.put_keyed
    method(put, new, _site(m, typ))


def _make_map(m: Machine, of: Iface | None) -> Value:
    return _make_map_sized(m, of, 0)


def _make_map_sized(m: Machine, of: Iface | None, hint: int) -> Value:
    typ = given(of)
    if typ.kind != "map":
        panic(m, "reflect.MakeMapWithSize of non-map type")
    made = maps.GoMap(typ, m.heap)
    for size, noscan in ((MAP_HEADER, False), *made.growth.start(max(hint, 0))):
        m.made_by_std(made, size, noscan=noscan)
    return hold(typ, made)


class _Walk:
    """How far an iterator has come; kept where Go keeps its `maps.Iter`."""

    __slots__ = ("keys", "map", "place")

    def __init__(self, of: maps.GoMap) -> None:
        self.map = of
        self.keys = list(of.d)
        self.place = -1

    def next(self) -> bool:
        """Go on to the next entry that is still there."""
        self.place += 1
        while self.place < len(self.keys) and self.keys[self.place] not in self.map.d:
            self.place += 1
        return self.place < len(self.keys)


class _Inner:
    """Stands for the `maps.Iter` inside a `MapIter`."""

    __slots__ = ("f0",)

    def __init__(self) -> None:
        self.f0: _Walk | None = None


class MapIter:
    """A `reflect.MapIter`: the map, and an iterator."""

    __slots__ = ("f0", "f1")

    def __init__(self, of: Any) -> None:
        self.f0 = of
        self.f1 = _Inner()


def _map_range(m: Machine, value: Any) -> MapIter:
    wanted(m, value, "MapRange", "map")
    return MapIter(value)


def _next(m: Machine, iterator: Any) -> bool:
    if iterator is None:
        panics.nil_dereference()
    if iterator.f0.f0 is None:
        panic(m, "MapIter.Next called on an iterator that does not have an associated map Value")
    walk = iterator.f1.f0
    if walk is None:
        walk = iterator.f1.f0 = _Walk(held(iterator.f0))
    elif walk.place >= len(walk.keys):
        panic(m, "MapIter.Next called on exhausted iterator")
    return bool(walk.next())


def _entry(m: Machine, iterator: Any, what: str) -> _Walk:
    walk: _Walk | None = panics.nil_dereference() if iterator is None else iterator.f1.f0
    if walk is None:
        panic(m, f"{what} called before Next")
    if walk.place >= len(walk.keys):
        panic(m, f"{what} called on exhausted iterator")
    return walk


def _key_at(walk: _Walk) -> Any:
    return walk.map.key(walk.keys[walk.place])


def _elem_at(walk: _Walk, typ: RType) -> Any:
    return walk.map.d.get(walk.keys[walk.place], typ.zero_value)


def _iterator_key(m: Machine, iterator: Any) -> Value:
    walk = _entry(m, iterator, "MapIter.Key")
    key = iterator.f0.f0.key
    return _copy(m, key, _key_at(walk), sticky(iterator.f0.f2))


def _iterator_value(m: Machine, iterator: Any) -> Value:
    walk = _entry(m, iterator, "MapIter.Value")
    elem = iterator.f0.f0.elem
    return _copy(m, elem, _elem_at(walk, elem), sticky(iterator.f0.f2))


def _set_iterator_key(m: Machine, value: Any, iterator: Any) -> None:
    walk = _entry(m, iterator, "reflect: Value.SetIterKey")
    must_set(m, value, "SetIterKey")
    must_be_exported(m, iterator.f0, "reflect.Value.SetIterKey")
    key = hold(iterator.f0.f0.key, _key_at(walk))
    store(value, assigned(m, "reflect.MapIter.SetKey", value.f0, key))


def _set_iterator_value(m: Machine, value: Any, iterator: Any) -> None:
    walk = _entry(m, iterator, "reflect: Value.SetIterValue")
    must_set(m, value, "SetIterValue")
    must_be_exported(m, iterator.f0, "reflect.Value.SetIterValue")
    typ = iterator.f0.f0.elem
    elem = hold(typ, _elem_at(walk, typ))
    store(value, assigned(m, "reflect.MapIter.SetValue", value.f0, elem))


def _reset(m: Machine, iterator: Any, value: Any) -> None:
    if value.f0 is not None and kind_of(value) != "map":
        wrong_kind(m, "reflect.MapIter.Reset", kind_of(value))
    iterator.f0 = Value(value.f0, value.f1, value.f2)
    iterator.f1.f0 = None


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "reflect.Value.Call": _call,
    "reflect.Value.CallSlice": _call_slice,
    "reflect.MakeFunc": _make_func,
    "reflect.Value.NumMethod": _number_methods,
    "reflect.Value.Method": _method,
    "reflect.Value.MethodByName": _method_by_name,
    "reflect.Value.Send": _send,
    "reflect.Value.TrySend": _try_send,
    "reflect.Value.Recv": _receive,
    "reflect.Value.TryRecv": _try_receive,
    "reflect.Value.Close": _close,
    "reflect.MakeChan": _make_chan,
    "reflect.Select": _select,
    "reflect.Value.MapKeys": _map_keys,
    "reflect.Value.MapIndex": _map_index,
    "reflect.Value.MapRange": _map_range,
    "reflect.Value.SetMapIndex": _set_map_index,
    "reflect.Value.SetIterKey": _set_iterator_key,
    "reflect.Value.SetIterValue": _set_iterator_value,
    "reflect.(*MapIter).Next": _next,
    "reflect.(*MapIter).Key": _iterator_key,
    "reflect.(*MapIter).Value": _iterator_value,
    "reflect.(*MapIter).Reset": _reset,
    "reflect.MakeMap": _make_map,
    "reflect.MakeMapWithSize": _make_map_sized,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
