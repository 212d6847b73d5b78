"""Words of the fictional city. Every name starts with 示例, 演示 or 样例, so that no reader takes it for a real shop, person or brand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A product category: its path, typical price and weight against the city's median, usual refund share, goods, sizes, and what buyers
    praise and blame in such goods."""

    path: str
    price: float
    weight: float
    refunds: float
    goods: tuple[str, ...]
    specs: tuple[str, ...]
    praise: tuple[str, ...]
    blame: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CATEGORIES = (
    Category(
        "食品/干货", 0.8, 0.9, 0.03,
        _words("黑木耳 榛蘑 猴头菇 干豆角 松子 蓝莓干 山核桃 五常风味大米 玉米碴 红小豆"),
        _words("250克 500克 1000克 尝鲜装 礼盒装"),
        _words("泡发率高 没有沙子 颗粒饱满 炖肉很香 日期新鲜 个头均匀 家乡味道"),
        _words("碎渣太多 有点潮 泡了还是硬 有小石子 快过期了"),
    ),
    Category(
        "食品/零食", 0.6, 0.8, 0.03,
        _words("红肠味豆干 奶香酥饼 山楂条 烤榛子 糯玉米 沙棘汁 黄桃罐头 冻梨糖 米糕 锅巴"),
        _words("小包装 一袋 三袋装 整箱 散装500克"),
        _words("味道很正 酥脆可口 甜度刚好 孩子抢着吃 独立包装方便 不油腻 口感软糯"),
        _words("太甜了 碎成渣了 有股哈喇味 袋子漏气 和以前味道不一样"),
    ),
    Category(
        "服饰/女装", 1.3, 0.8, 0.13,
        _words("羊毛围巾 加绒卫衣 针织开衫 棉麻长裙 保暖内衣 羽绒马甲 阔腿裤 毛呢外套 打底衫 睡衣套装"),
        _words("S码 M码 L码 XL码 均码"),
        _words("面料柔软 版型显瘦 洗过没掉色 尺码刚好 保暖不臃肿 针脚整齐 颜色显白"),
        _words("尺码偏小 掉色厉害 起球严重 线头很多 面料扎人"),
    ),
    Category(
        "服饰/鞋靴", 1.7, 1.6, 0.11,
        _words("雪地靴 休闲板鞋 棉拖鞋 登山鞋 豆豆鞋 老北风棉靴 运动跑鞋 雨靴 短筒靴 帆布鞋"),
        _words("36码 38码 40码 42码 44码"),
        _words("走路不累脚 防滑很好 里面毛很厚 鞋底软硬合适 码数标准 下雪天不进水 没有胶味"),
        _words("磨脚后跟 胶水味大 鞋底太硬 两只颜色不一样 穿两天开胶"),
    ),
    Category(
        "家居/收纳", 0.6, 1.5, 0.05,
        _words("折叠收纳箱 抽屉分隔盒 棉麻桌布 真空压缩袋 挂衣架 竹制筷子 保温壶 珊瑚绒毯 厨房置物架 门垫"),
        _words("单件 两件装 大号 中号 家庭装"),
        _words("安装不费劲 边角没有毛刺 承重可以 尺寸量得准 厚实耐用 收起来不占地方 颜色百搭"),
        _words("边缘割手 螺丝少一颗 承不住重 漏气 尺寸对不上"),
    ),
    Category(
        "数码/配件", 1.0, 0.45, 0.07,
        _words("快充数据线 手机支架 蓝牙耳机 充电宝 机械键盘 读卡器 台灯 鼠标垫 摄像头 音箱"),
        _words("黑色 白色 标准款 升级款 组合装"),
        _words("充电快 连接稳定 音质清楚 续航够用 接口不松 按键手感好 灯光不刺眼"),
        _words("充不进电 按键失灵 发热严重 老是断连 用两次就坏了"),
    ),
    Category(
        "美妆/护肤", 1.1, 0.5, 0.05,
        _words("护手霜 保湿面膜 洁面乳 润唇膏 身体乳 卸妆水 防冻霜 精华液 洗发露 香皂礼盒"),
        _words("50毫升 100毫升 200毫升 5片装 礼盒装"),
        _words("不黏腻 味道清淡 皮肤不紧绷 保湿够一整天 泡沫细腻 敏感皮也能用 吸收快"),
        _words("漏液了 味道刺鼻 用了有点痒 封口是开的 生产日期太早"),
    ),
    Category(
        "母婴/玩具", 1.0, 1.0, 0.06,
        _words("积木盒 布书 婴儿口水巾 拼图 儿童水杯 毛绒熊 画板 磁力片 学步鞋 爬行垫"),
        _words("小号 大号 100块装 三件套 礼物装"),
        _words("孩子爱不释手 边缘圆润 没有异味 颜色鲜艳 吸力够强 洗了不变形 玩了一下午"),
        _words("味道很大 掉色 零件少了几块 有毛刺 两天就散架"),
    ),
    Category(
        "文具/贴纸卡片", 0.25, 0.35, 0.02,
        _words("手账贴纸 明信片 收藏卡片 书签 便签纸 和纸胶带 钥匙贴 刻字印章 姓名贴 相册角贴"),
        _words("一张 十张装 一本 一卷 随机款"),
        _words("图案好看 粘性刚好 纸张厚实 印得清楚 撕了不留胶 边裁得齐 送了小卡"),
        _words("图案糊了 粘不住 折了角 少了两张 颜色偏暗"),
    ),
    Category(
        "家电/小家电", 2.6, 2.6, 0.07,
        _words("电热水壶 养生壶 电暖手宝 空气炸锅 加湿器 电热毯 榨汁机 挂烫机 暖风机 豆浆机"),
        _words("标准款 升级款 大容量 家用款 迷你款"),
        _words("声音很小 升温快 操作简单 清洗方便 老人也会用 插头不烫 比店里便宜一些"),
        _words("声音很大 用一周就坏 有塑料味 漏水 按键没反应"),
    ),
)  # fmt: skip
LIGHT_GOODS = 8  # index of the category whose parcels are truly light

BRANDS = (
    "示例松岭",
    "演示北麓",
    "样例界江",
    "示例煤城",
    "演示鹤鸣",
    "样例云杉",
    "示例雪原",
    "演示黑土",
    "样例龙江湾",
    "示例小城",
    "演示晨光里",
    "样例万家",
)
QUALITIES = ("新款", "精选", "优选", "热卖", "经典", "老店", "实惠", "口碑", "人气", "四季", "本地", "现货", "当季", "常备", "臻选")

SHOP_STEMS = (
    "松雪",
    "北岭",
    "江畔",
    "煤都",
    "鹤舞",
    "云杉",
    "林间",
    "黑土",
    "冰凌",
    "晨曦",
    "老街",
    "丰禾",
    "暖阳",
    "白桦",
    "蓝莓谷",
    "小镇",
    "远山",
    "青禾",
)
SHOP_KINDS = ("杂货铺", "旗舰店", "专营店", "小店", "优品店", "生活馆", "直营店", "工厂店", "特产行", "精选铺", "百货", "工作室")
SURNAMES = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
GIVEN = tuple("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸")

PLATFORMS = (
    ("shilimall", "示例商城"),
    ("yanshiji", "演示集市"),
    ("yanglibuy", "样例优选"),
    ("shililive", "示例直播购"),
    ("yanshituan", "演示拼团"),
    ("yangliyun", "样例云店"),
    ("shilifarm", "示例农优"),
    ("yanshibox", "演示百货盒"),
    ("yangliwu", "样例好物"),
    ("shilixian", "示例鲜达"),
    ("yanshihome", "演示家居城"),
    ("yanglidao", "样例到家"),
)
COURIERS = (
    ("shilisudi", "示例速递"),
    ("yanshikuaiyun", "演示快运"),
    ("yangliwuliu", "样例物流"),
    ("shiliyida", "示例易达"),
    ("yanshiyou", "演示邮递"),
    ("yanglifeima", "样例飞马"),
)
UNLICENSED_FIRMS = ("shilidaishou", "yanshidaifu")  # invented; they collect for others and are on no list of licensed institutions
PAYMENT_FIRMS = (("shilifu", "示例付"), ("yanshizhifu", "演示支付"), ("yangliqian", "样例钱包"), ("shilibank", "示例银联通道"))
ROADS = ("松岭", "北安", "江畔", "向阳", "团结", "工农", "胜利", "育才", "兴盛", "和平", "建设", "红旗", "光明", "新华", "站前", "湖滨")
EXCUSES = ("示例演示活动", "店庆特惠", "会员日", "换季优惠", "满减季", "周末特价", "限时折扣", "新品尝鲜")
