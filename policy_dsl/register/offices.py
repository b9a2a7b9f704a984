"""Which office could settle what a clause leaves open: who issued the layer's document, else the office of the place it is for."""

from __future__ import annotations

from typing import NamedTuple

from ..ir import nodes as ir
from ..model.clause import Clause

# The civil affairs office of a place, by how the place's name ends; who is in charge there decides on social assistance.
_NATION = ("全国", "国家", "中国", "中华人民共和国")
_ENDINGS = (
    (("省", "自治区"), "民政厅"),
    (("市", "州", "盟", "地区", "县", "区", "旗"), "民政局"),
    (("街道",), "办事处"),
    (("乡", "镇"), "人民政府"),
)


class Office(NamedTuple):
    """An office, and how it was found: by the issuer (机关) of the document, the 辖区, the layer's name, or not at all."""

    name: str
    by: str  # issuer, jurisdiction, name, none
    of: str  # the document, the place or the layer that says so

    def text(self, lang: str) -> str:
        """`甘肃省民政厅（由辖区「甘肃省」推定）`."""
        how = {
            "issuer": ("{} 的机关", "issuer of {}"),
            "jurisdiction": ("由辖区「{}」推定", "derived from the jurisdiction “{}”"),
            "name": ("由政策名称「{}」推定", "derived from the policy's name “{}”"),
            "none": ("「{}」没有写机关，辖区也推不出", "“{}” names no issuer, and no jurisdiction that tells it"),
        }[self.by][0 if lang == "zh" else 1].format(self.of)
        if lang == "zh":
            return f"{self.name or '不详'}（{how}）"
        return f"{self.name or 'unknown'} ({how})"


def office(program: ir.Program, clause: Clause) -> Office:
    """The office for what stands in a clause."""
    for document in program.documents:
        own = program.chain[document.layer] == clause.policy
        if own and document.number == clause.document and document.issuer:
            return Office(document.issuer, "issuer", document.number)
    places = dict(zip(program.chain, program.jurisdictions, strict=False))
    place = places.get(clause.policy, "").split()
    for name, by in ((place[-1] if place else "", "jurisdiction"), (clause.policy, "name")):
        found = civil_affairs(name)
        if found:
            return Office(found, by, name)
    return Office("", "none", clause.policy)


def civil_affairs(place: str) -> str:
    """The office in charge of social assistance in a place, by its name; "" where the name does not tell."""
    if place in _NATION:
        return "民政部"
    return next((place + office for ends, office in _ENDINGS if len(place) > 1 and place.endswith(ends)), "")
