"""Invented captions in twelve scripts, whose links and alt texts are known by their making."""

from collections.abc import Iterator
from typing import NamedTuple


class Script(NamedTuple):
    """Words of one language: two parts of a sentence, three tags, its comma, stop and quotes."""

    name: str
    start: str
    end: str
    tags: tuple[str, str, str]
    comma: str = ","
    stop: str = "."
    quotes: str = "“”"


SCRIPTS = (
    Script(
        "English", "Fresh from the oven", "is our new loaf", ("rye", "Seven_Grains", "oven2026")
    ),
    Script(
        "German",
        "Frisch und heiß",
        "grüßt die Bäckerei",
        ("süß", "Brötchen", "Straße"),
        ",",
        "!",
        "„“",
    ),
    Script(
        "Turkish",
        "Sıcak ekmek",
        "yarın sabah İzmir'de",
        ("İstanbul", "ığdır", "çay"),
        ",",
        "…",
        "«»",
    ),
    Script("Arabic", "خبز طازج", "كل صباح", ("القهوة", "خُبز", "صباح_الخير"), "،", "؟", "«»"),
    Script("Persian", "نان تازه", "هر روز می‌پزیم", ("می‌خواهم", "نان_تازه", "قهوه"), "،", "؟", "«»"),
    Script("Hebrew", "לחם טרי", "בכל בוקר", ("תל_אביב", "לחם", "קפה"), ",", ".", "„”"),
    Script("Hindi", "ताज़ी रोटी", "हर सुबह मिलती है", ("हिन्दी", "सुबह_की_चाय", "रोटी"), ",", "।", "‘’"),
    Script("Sinhala", "උණුසුම් පාන්", "හැම උදේම", ("ශ්‍රී_ලංකා", "පාන්", "උදෑසන"), ",", ".", "“”"),
    Script("Thai", "ขนมปังสดใหม่", "ทุกเช้าที่ร้าน", ("กาแฟสด", "ขนมปัง", "ร้านเล็กๆ"), ",", "!", "“”"),
    Script(
        "Japanese",
        "焼きたてのパンが",
        "毎朝できあがります",
        ("東京タワー", "パン屋さん", "ｶﾌｪ巡り"),
        "、",
        "。",
        "｢｣",
    ),
    Script(
        "Korean",
        "갓 구운 빵이",
        "매일 아침 나옵니다",
        ("빵집", "서울카페", "아침식사"),
        ",",
        ".",
        "『』",
    ),
    Script(
        "Chinese",
        "刚出炉的面包",
        "每天早上都有",
        ("北京", "咖啡馆", "早餐2026"),
        "，",
        "。",
        "《》",
    ),
)


class Invented(NamedTuple):
    """A caption with its tags and mentions in their order, and its alt text."""

    caption: str
    links: list[str]
    alt: str


def invent(script: Script) -> Iterator[Invented]:
    """Yield seventeen captions."""
    _, start, end, (a, b, c), comma, stop, quotes = script
    whole = f"{start} {end}"
    tags = [f"#{a}", f"#{b}", f"#{c}"]
    wall = " ".join(tags)
    name = "harbour.bakery"

    # Walls: behind the sentence, on lines of their own, touching, with separators and emoji.
    yield Invented(f"{whole}{stop} {wall}", tags, f"{whole}{stop}")
    yield Invented(f"{whole}\n.\n.\n•\n{wall}", tags, whole)
    yield Invented(f"{whole} {''.join(tags)}", tags, whole)
    yield Invented(f"{whole} ({tags[0]} | {tags[1]} | {tags[2]}) ✨", tags, f"{whole} ✨")
    yield Invented(f"✨ {wall} @{name} ✨\n{whole}", [*tags, f"@{name}"], whole)
    # Invisible characters.
    lines = "\ufeff\n".join((whole, tags[0], f"@{name}"))
    yield Invented(f"{lines}\ufeff", [tags[0], f"@{name}"], whole)
    yield Invented(
        f"{start}\u2800\n\u2800\n#{a}\u200b\u2063 {end}", [tags[0]], f"{start} {a} {end}"
    )
    # In a sentence: with spaces, commas, brackets, quotes, dots, and touching.
    yield Invented(f"{start} {tags[0]} {end}{stop}", [tags[0]], f"{start} {a} {end}{stop}")
    listed = f"{start} {a}{comma} {b}{comma} {c}{stop}"
    marked = f"{start} #{a}{comma} #{b}{comma} #{c}{stop}"
    yield Invented(marked, tags, listed)
    quoted = f"{start} {quotes[0]}@{name}{quotes[1]} {end} (#{b}){stop}"
    yield Invented(quoted, [f"@{name}", tags[1]], quoted.replace("@", "").replace("#", ""))
    yield Invented(f"{whole} @{name}...", [f"@{name}"], f"{whole} {name}...")
    yield Invented(f"{start} #{a}🍞 {end}", [f"#{a}🍞"], f"{start} {a}🍞 {end}")
    touching = f"{start} #{a}#{b} {end}"
    yield Invented(touching, tags[:2], f"{start} {a} {b} {end}")
    # Signs that are text.
    for sign in (
        "rye@bakery.example C#",
        "https://bakery.example/#menu www.bakery.example/@rye",
        "#1 #2045 #️⃣ #1️⃣",
        "Rock &#39;n&#39; Roll",
    ):
        yield Invented(f"{start} {sign} {end}", [], f"{start} {sign} {end}")
