import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_instagram.instagram.captions import INVISIBLE, read_caption


def read(text: str) -> list[str]:
    """Return the tags and mentions of a text, with their signs."""
    parts = read_caption(text)
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    assert all(bool(part.href) is (part.kind in ("tag", "mention")) for part in parts)
    return [part.text for part in parts if part.href]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fresh #rye, by @mill.er.", "#rye @mill.er"),
        ("(#rye), #Brot!", "#rye #Brot"),
        ("Danke an «@harbour.bakery» für „#Brötchen“ – #süß!", "@harbour.bakery #Brötchen #süß"),
        ("#İstanbul'da @corner_cafe'nin çayı #ığdır", "#İstanbul @corner_cafe #ığdır"),
        ("أحب #القهوة، و#الخبز؟ مع @corner_cafe؛", "#القهوة #الخبز @corner_cafe"),
        ("نان #می‌خواهم، از@corner_cafe", "#می‌خواهم @corner_cafe"),
        ("קפה ב#תל_אביב־יפו, ל-@corner_cafe", "#תל_אביב @corner_cafe"),
        ("#सुबह_की_चाय। और #हिन्दी", "#सुबह_की_चाय #हिन्दी"),
        ("#ශ්‍රී_ලංකා, ඉතා", "#ශ්‍රී_ලංකා"),
        ("ร้าน#กาแฟสด ที่@corner_cafe ๆ", "#กาแฟสด @corner_cafe"),
        ("@harbour.bakeryさんの#パン、#ラーメン・#ｶﾌｪ｡", "@harbour.bakery #パン #ラーメン #ｶﾌｪ"),
        ("｢@corner_cafe｣や【#東京タワー】です", "@corner_cafe #東京タワー"),
        ("카페@corner_cafe에서 #빵집은 좋아", "@corner_cafe #빵집은"),
        ("去#北京，在《@corner_cafe》喝#咖啡。", "@corner_cafe #北京 #咖啡"),
        ("Ρυζόγαλο #καφές· Хлеб #чёрный_хлеб", "#καφές #чёрный_хлеб"),
    ],
)
def test_tags_and_mentions_of_each_script_are_found(text: str, found: str) -> None:
    assert sorted(read(text)) == sorted(found.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#rye#oven", "#rye #oven"),
        ("#rye@miller#oven", "#rye @miller #oven"),
        ("@one@two", "@one @two"),
        ("#2026#rye", "#rye"),
        ("#rye/#oven|#salt", "#rye #oven #salt"),
        ("##rye @@miller #@oven", "#rye @miller @oven"),
        ("#rye.bread #rye-bread #rye's", "#rye #rye #rye"),
        ("#rye…", "#rye"),
        ("#seven_grains #_ #2026bread #bread2026", "#seven_grains #_ #2026bread #bread2026"),
        ("#🍞 #rye🍞 #👩‍🍳 #👍🏽 #🇩🇪 #❤️rye", "#🍞 #rye🍞 #👩‍🍳 #👍🏽 #🇩🇪 #❤️rye"),
        ("#rye♪ #rye☆ #rye♡ #rye® #rye→", "#rye #rye #rye #rye #rye"),
        ("🍞#rye ❤️#rye 1️⃣@miller", "#rye #rye @miller"),
        ("#rye\u200d! #oven\u200c", "#rye #oven"),
        ("@miller...rye @miller. @mill.er, @_mill_", "@miller @miller @mill.er @_mill_"),
        ("Rye.@miller -@miller &@miller *@miller*", "@miller @miller @miller @miller"),
        ("&#39;#rye&#39; R&#rye", "#rye #rye"),
        ("24.12./#rye 9.5/@miller", "#rye @miller"),
        ("https://a.example #rye (https://a.example/x), #oven", "#rye #oven"),
        ("https://a.example。#rye https://a.example🍞#oven", "#rye #oven"),
        *((f"#rye{char}\n@miller{char}x", "#rye @miller") for char in INVISIBLE),
    ],
)
def test_a_tag_or_mention_ends_where_its_characters_end(text: str, found: str) -> None:
    assert read(text) == found.split()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rye",
        "# rye #",
        "#1 #2045 #٢٠٢٦",
        "#️⃣ of #1️⃣ and #2️⃣0️⃣",
        "#️⃣rye",
        "#\u200drye",
        "C#rye C# F#-Dur 5#rye we#bread",
        "&#39;n&#39; &#x27;",
        "#" + "x" * 101,
        "＃rye ＠miller",
        "#a\ufffdb",
        "@müller @駅前 @.rye",
        "@" + "x" * 31,
        "rye@bakery.example first.last@bakery.example müller@bakery.example a_b1@bakery.example",
        "https://a.example/#rye http://a.example/@miller ftp://a.example/x?a=1&b=#rye",
        "Www.a.example/#rye a.example/@miller bäckerei.example:8000/#rye a.example?u=@miller",
        "https://a.example/パン#rye https://u:p@a.example",
    ],
)
def test_other_signs_are_text(text: str) -> None:
    assert read(text) == []


def test_parts_have_a_kind_and_tags_and_mentions_a_name_and_an_address() -> None:
    parts = read_caption("By @mill.er: https://a.example/#x, #パン")

    assert [(part.kind, part.text, part.name) for part in parts] == [
        ("text", "By ", ""),
        ("mention", "@mill.er", "mill.er"),
        ("text", ": ", ""),
        ("address", "https://a.example/#x", ""),
        ("text", ", ", ""),
        ("tag", "#パン", "パン"),
    ]
    assert [part.href for part in parts if part.href] == [
        "https://www.instagram.com/mill.er/",
        "https://www.instagram.com/explore/tags/%E3%83%91%E3%83%B3/",
    ]


@settings(database=None, derandomize=True, deadline=None)
@given(st.text(st.sampled_from("#@a.é/:\u0301\u200d\ufeff🍞１&;1 \n"), max_size=60))
def test_parts_together_are_the_caption(text: str) -> None:
    read(text)
