"""What the sample shop sells without a manufacturer's code: weighed goods, deposits, bags, charges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from evertill.core.pricebook import Product
from sample_shop.digits import with_check_digit


class Weighed(NamedTuple):
    """A weighed article. Price in cents per kilogram; `plu` is typed or stands inside the scale's label."""

    plu: int
    en: str
    zh: str
    price_minor: int
    tare_g: int = 0


FRUIT_AND_VEGETABLES = (
    Weighed(301, "Bananas", "香蕉", 179),
    Weighed(302, "Apples, red", "红苹果", 249),
    Weighed(303, "Apples, green", "青苹果", 259),
    Weighed(304, "Pears", "梨", 279),
    Weighed(305, "Oranges", "橙子", 229),
    Weighed(306, "Mandarins", "橘子", 299),
    Weighed(307, "Lemons", "柠檬", 349),
    Weighed(308, "Grapes, white", "青提", 399),
    Weighed(309, "Grapes, red", "红提", 399),
    Weighed(310, "Peaches", "桃子", 349),
    Weighed(311, "Plums", "李子", 299),
    Weighed(312, "Cherries", "樱桃", 799),
    Weighed(313, "Watermelon", "西瓜", 129),
    Weighed(314, "Tomatoes", "西红柿", 299),
    Weighed(315, "Tomatoes on the vine", "串番茄", 379),
    Weighed(316, "Potatoes", "土豆", 119),
    Weighed(317, "Sweet potatoes", "红薯", 249),
    Weighed(318, "Carrots", "胡萝卜", 129),
    Weighed(319, "Onions", "洋葱", 119),
    Weighed(320, "Garlic", "大蒜", 799),
    Weighed(321, "Ginger", "生姜", 699),
    Weighed(322, "Peppers, red", "红甜椒", 449),
    Weighed(323, "Courgettes", "西葫芦", 249),
    Weighed(324, "Aubergines", "茄子", 299),
    Weighed(325, "White cabbage", "圆白菜", 99),
    Weighed(326, "Chinese cabbage", "大白菜", 199),
    Weighed(327, "Pak choi", "小白菜", 399),
    Weighed(328, "Mushrooms", "蘑菇", 599),
)
CHEESE = (
    Weighed(401, "Gouda, sliced to order", "高达奶酪", 1199, 5),
    Weighed(402, "Emmental, by weight", "埃曼塔奶酪", 1399, 5),
    Weighed(403, "Brie, by weight", "布里奶酪", 1599, 5),
    Weighed(404, "Parmesan, by weight", "帕尔马奶酪", 2499, 5),
    Weighed(405, "Feta in brine", "菲达奶酪", 1299, 12),
)
DELICATESSEN = (
    Weighed(501, "Cooked ham, sliced", "熟火腿片", 1690, 5),
    Weighed(502, "Salami, sliced", "萨拉米香肠片", 1890, 5),
    Weighed(503, "Minced beef", "牛肉末", 1290, 8),
    Weighed(504, "Chicken breast fillet", "鸡胸肉", 1190, 8),
    Weighed(505, "Pork belly", "五花肉", 990, 8),
    Weighed(506, "Salmon fillet", "三文鱼柳", 2690, 8),
    Weighed(507, "Olives, marinated", "腌橄榄", 1590, 12),
    Weighed(508, "Potato salad", "土豆沙拉", 790, 15),
)

# In-store EAN-13 codes: prefix 20, then five digits of article number padded to twelve, then the check digit.
HOUSEHOLD = (
    (601, "Kitchen paper, 4 rolls", "厨房纸 4卷", 299),
    (602, "Toilet paper, 8 rolls", "卫生纸 8卷", 399),
    (603, "Washing-up liquid 500 ml", "洗洁精 500毫升", 149),
    (604, "Laundry detergent 1.5 l", "洗衣液 1.5升", 599),
    (605, "Bin liners 35 l", "垃圾袋 35升", 199),
    (606, "Aluminium foil 30 m", "铝箔 30米", 249),
    (607, "Tea lights, 50 pieces", "茶蜡 50个", 349),
    (608, "Batteries AA, 4 pieces", "5号电池 4节", 399),
    (609, "Sponges, 6 pieces", "海绵擦 6块", 119),
    (610, "Toothpaste 75 ml", "牙膏 75毫升", 129),
    (611, "Hand soap 300 ml", "洗手液 300毫升", 149),
    (612, "Shampoo 300 ml", "洗发水 300毫升", 249),
)
TOBACCO = (
    (651, "Cigarettes, 20 pieces", "香烟 20支", 800),
    (652, "Rolling tobacco 30 g", "烟丝 30克", 690),
    (653, "Rolling papers", "卷烟纸", 99),
)
# Sold over the counter: bakery at the reduced rate, drinks at the standard one.
COUNTER = (
    (621, "Bread roll", "小圆面包", 35, "bakery", "reduced"),
    (622, "Pretzel", "碱水结面包", 89, "bakery", "reduced"),
    (623, "Croissant", "牛角面包", 119, "bakery", "reduced"),
    (624, "Baguette", "法棍面包", 149, "bakery", "reduced"),
    (625, "Coffee to go, small", "外带咖啡（小杯）", 190, "coffee_tea", "standard"),
    (626, "Coffee to go, large", "外带咖啡（大杯）", 250, "coffee_tea", "standard"),
)
DEPOSITS = (
    ("deposit-can", "901", "Deposit, can or PET bottle", "押金（罐或塑料瓶）", 25),
    ("deposit-glass", "902", "Deposit, glass bottle", "押金（玻璃瓶）", 15),
    ("deposit-beer", "903", "Deposit, beer bottle", "押金（啤酒瓶）", 8),
    ("deposit-crate", "904", "Deposit, empty crate", "押金（空箱）", 150),
)
BAGS = (
    ("bag-paper", "911", "Carrier bag, paper", "纸购物袋", 20),
    ("bag-cotton", "912", "Carrier bag, cotton", "棉布购物袋", 199),
)


def weighed_products() -> list[Product]:
    """The weighed goods with their PLU numbers, as typed and as on the scale's labels."""
    shelves = (
        (FRUIT_AND_VEGETABLES, "produce_packed", "#2f9e44"),
        (CHEESE, "dairy", "#e3b341"),
        (DELICATESSEN, "meat_fish", "#c0563f"),
    )
    return [
        Product(
            sku=f"plu-{item.plu}",
            names={"en": item.en, "zh": item.zh},
            tax_class="reduced",
            prices={"shop": item.price_minor * 10_000},
            codes=(f"{item.plu:05d}", str(item.plu)),
            unit="kg",
            categories=("fresh", shelf),
            tare_g=item.tare_g,
            colour=colour,
        )
        for items, shelf, colour in shelves
        for item in items
    ]


def packed_products() -> list[Product]:
    """Household goods, tobacco, deposits, bags, and the lines whose price is typed."""
    goods = [_packed(row, "household", age_min=0) for row in HOUSEHOLD]
    goods += [_packed(row, "tobacco", age_min=18) for row in TOBACCO]
    goods += [_packed(row, shelf, age_min=0, tax_class=tax) for *row, shelf, tax in COUNTER]
    goods += [
        Product(
            sku=sku,
            names={"en": en, "zh": zh},
            tax_class="standard",
            prices={"shop": price_minor * 10_000},
            codes=(code,),
            categories=("services",),
            kind="deposit",
            discountable=False,
        )
        for sku, code, en, zh, price_minor in DEPOSITS
    ]
    goods += [
        Product(
            sku=sku,
            names={"en": en, "zh": zh},
            tax_class="standard",
            prices={"shop": price_minor * 10_000},
            codes=(code,),
            categories=("services",),
            discountable=False,
        )
        for sku, code, en, zh, price_minor in BAGS
    ]
    return goods + _typed_prices()


def _packed(row: Sequence[Any], shelf: str, *, age_min: int, tax_class: str = "standard") -> Product:
    number, en, zh, price_minor = row
    return Product(
        sku=f"own-{number}",
        names={"en": en, "zh": zh},
        tax_class=tax_class,
        prices={"shop": price_minor * 10_000},
        codes=(in_store_code(number),),
        categories=(shelf,),
        age_min=age_min,
        discountable=age_min == 0,
    )


def _typed_prices() -> list[Product]:
    return [
        Product(
            sku="sundries-food",
            names={"en": "Sundries, food", "zh": "杂项食品"},
            tax_class="reduced",
            codes=("921",),
            categories=("services",),
            open_price=True,
        ),
        Product(
            sku="sundries",
            names={"en": "Sundries", "zh": "杂项"},
            tax_class="standard",
            codes=("922",),
            categories=("services",),
            open_price=True,
        ),
        Product(
            sku="newspaper",
            names={"en": "Newspaper or magazine", "zh": "报刊"},
            tax_class="reduced",
            codes=("923",),
            categories=("services",),
            open_price=True,
            discountable=False,
        ),
        Product(
            sku="stamp",
            names={"en": "Postage stamp", "zh": "邮票"},
            tax_class="zero",
            prices={"shop": 95 * 10_000},
            codes=("924",),
            categories=("services",),
            discountable=False,
        ),
        Product(
            sku="delivery",
            names={"en": "Delivery", "zh": "送货费"},
            tax_class="standard",
            prices={"shop": 490 * 10_000},
            codes=("931",),
            categories=("services",),
            kind="charge",
            discountable=False,
        ),
    ]


def in_store_code(number: int) -> str:
    """The shop's own EAN-13 for an article number: prefix 20, never a weight or a price inside."""
    return with_check_digit(f"20{number:010d}")
