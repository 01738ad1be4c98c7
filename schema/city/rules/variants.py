"""One character written or typed for another: traditional forms, look-alikes, letters among digits.

For comparing alone: what is stored and shown stays as it was typed. The table holds the characters
that occur in names of projects and companies; a whole dictionary of both scripts is some 4 MB and a
compiled library more, for names that are typed in a traditional form once in a thousand.
"""

import re
from functools import lru_cache

from schema.city.rules.names import normal_name
from schema.city.rules.numerals import below_ten_thousand

PAIRS = """
檸柠 業业 產产 産产 園园 區区 縣县 廠厂 場场 國国 華华 東东 龍龙 鳳凤 興兴 滙汇 匯汇 彙汇 豐丰 榮荣 達达 遠远 進进 運运
連连 選选 還还 邊边 過过 遊游 違违 遞递 遙遥 適适 遷迁 遺遗 遼辽 邁迈 邏逻 鄉乡 鄭郑 鄧邓 鄰邻 郵邮 醫医 醬酱 釀酿 釋释
裡里 裏里 裝装 製制 複复 補补 褲裤 襯衬 襪袜 電电 雲云 霧雾 靈灵 靜静 風风 颶飓 飛飞 飼饲 飲饮 飯饭 飾饰 餅饼 養养 餘余
館馆 饌馔 饃馍 馬马 馳驰 駿骏 騰腾 驅驱 驗验 驛驿 駕驾 駐驻 騎骑 體体 髮发 發发 鬆松 鬥斗 魚鱼 魯鲁 鮮鲜 鯉鲤 鰻鳗 鱷鳄
鱗鳞 鳥鸟 鳴鸣 鴨鸭 鴻鸿 鴿鸽 鵝鹅 鵬鹏 鶴鹤 鷹鹰 鷄鸡 雞鸡 鹽盐 鹼碱 麗丽 麥麦 麵面 麪面 黃黄 點点 黨党 齊齐 齒齿 齡龄
龐庞 龔龚 龜龟 億亿 萬万 個个 們们 倉仓 偉伟 側侧 備备 傳传 債债 傷伤 僑侨 價价 儀仪 優优 儲储 兒儿 內内 兩两 冊册 凍冻
凱凯 別别 則则 剛刚 創创 劃划 劇剧 劉刘 劍剑 劑剂 動动 務务 勝胜 勞劳 勢势 勳勋 勵励 勁劲 協协 單单 厲厉 參参 叢丛 啟启
啓启 員员 問问 喬乔 嘗尝 噸吨 嚴严 團团 圍围 圓圆 圖图 執执 堅坚 報报 塊块 塗涂 塵尘 墊垫 墾垦 壇坛 壓压 壘垒 壩坝 壯壮
壽寿 夢梦 夾夹 奧奥 奪夺 獎奖 奮奋 婦妇 媽妈 嬰婴 孫孙 學学 宮宫 實实 寧宁 審审 寫写 寬宽 寶宝 將将 專专 尋寻 對对 導导
層层 屬属 岡冈 島岛 峽峡 崗岗 嶺岭 嶽岳 巖岩 帶带 幣币 幫帮 幹干 庫库 廂厢 廈厦 廚厨 廟庙 廢废 廣广 廬庐 廳厅 張张 強强
彈弹 彎弯 後后 徑径 從从 復复 徵征 徹彻 恆恒 悅悦 惡恶 愛爱 態态 慶庆 慮虑 憲宪 應应 懷怀 戀恋 戰战 戲戏 戶户 拋抛 掃扫
採采 揀拣 揚扬 換换 揮挥 損损 搖摇 撥拨 撿捡 擁拥 擇择 擊击 擋挡 擔担 據据 擠挤 擬拟 擴扩 擺摆 攔拦 攝摄 攤摊 攬揽 敗败
敵敌 數数 斷断 於于 時时 晉晋 曉晓 暢畅 暫暂 曆历 歷历 書书 會会 條条 極极 構构 槍枪 樁桩 樂乐 樓楼 標标 樞枢 樣样 樸朴
樹树 樺桦 橋桥 機机 橫横 檔档 檢检 檯台 臺台 櫃柜 櫻樱 欄栏 權权 歐欧 歡欢 歲岁 歸归 殘残 殺杀 殼壳 毀毁 氈毡 氣气 氫氢
決决 沒没 沖冲 衝冲 況况 洩泄 涼凉 淚泪 淨净 淵渊 淺浅 減减 渦涡 測测 湯汤 溝沟 溫温 滅灭 滬沪 滯滞 滲渗 滾滚 滿满 漁渔
漢汉 漲涨 漸渐 漿浆 潔洁 潛潜 潤润 澤泽 澆浇 濁浊 濃浓 濕湿 溼湿 濟济 濱滨 濾滤 瀋沈 瀏浏 瀘泸 灑洒 灘滩 灣湾 災灾 為为
爲为 烏乌 無无 煉炼 鍊炼 煙烟 菸烟 煩烦 熱热 燈灯 燒烧 營营 燦灿 燭烛 爐炉 爍烁 爛烂 爭争 爾尔 牆墙 牽牵 犢犊 犧牺 狀状
獅狮 獨独 獲获 穫获 獵猎 獸兽 獻献 現现 瑪玛 瑤瑶 瑩莹 環环 瓊琼 甌瓯 畝亩 畢毕 畫画 異异 當当 疊叠 瘋疯 療疗 癢痒 盜盗
盡尽 監监 盤盘 盧卢 眾众 衆众 礦矿 礎础 礙碍 確确 碼码 磚砖 祕秘 祿禄 禍祸 禦御 禮礼 禪禅 禱祷 稅税 種种 稱称 穀谷 積积
穩稳 窩窝 窮穷 窯窑 競竞 筆笔 筍笋 節节 範范 築筑 篩筛 簡简 簽签 簾帘 籃篮 籌筹 籠笼 籬篱 粵粤 糧粮 糰团 糾纠 紀纪 約约
紅红 紋纹 納纳 紐纽 純纯 紗纱 紙纸 級级 紛纷 紡纺 細细 紳绅 紹绍 終终 組组 結结 絕绝 絡络 給给 絨绒 統统 絲丝 經经 綠绿
綢绸 維维 綱纲 網网 綜综 綵彩 綿绵 緊紧 線线 綫线 緣缘 編编 緩缓 緯纬 練练 縫缝 縮缩 縱纵 總总 績绩 織织 繞绕 繡绣 繩绳
繪绘 繭茧 繼继 續续 纖纤 纜缆 罈坛 罰罚 罷罢 羅罗 羣群 義义 習习 翹翘 聖圣 聞闻 聯联 聲声 職职 聽听 肅肃 脈脉 脫脱 腦脑
腳脚 腸肠 膚肤 膠胶 膽胆 臉脸 臘腊 臨临 與与 舉举 舊旧 艙舱 艦舰 艱艰 藝艺 莊庄 莖茎 葉叶 葦苇 葷荤 蒼苍 蓋盖 蓮莲 蔔卜
蔣蒋 蔥葱 蔭荫 蕎荞 蕩荡 薑姜 薦荐 薩萨 藍蓝 藥药 蘆芦 蘇苏 蘋苹 蘭兰 蘿萝 處处 虛虚 號号 虧亏 蝦虾 蟲虫 蠟蜡 蠶蚕 術术
衛卫 見见 規规 視视 親亲 覺觉 覽览 觀观 觸触 訂订 計计 訊讯 討讨 訓训 記记 許许 設设 訪访 診诊 註注 評评 詞词 試试 詩诗
話话 該该 詳详 誠诚 誌志 認认 語语 誤误 說说 調调 談谈 請请 論论 諾诺 謀谋 謙谦 講讲 謝谢 證证 識识 譜谱 議议 譯译 護护
譽誉 讀读 變变 讓让 讚赞 豬猪 貓猫 貝贝 負负 財财 貢贡 貨货 販贩 貫贯 責责 貯贮 貴贵 買买 貸贷 費费 貼贴 貿贸 賀贺 資资
賓宾 賞赏 賢贤 賣卖 質质 賬账 賴赖 購购 賽赛 贈赠 贊赞 贏赢 趙赵 趕赶 跡迹 踐践 躍跃 車车 軌轨 軍军 軒轩 軟软 軸轴 較较
載载 輔辅 輕轻 輛辆 輝辉 輪轮 輯辑 輸输 轄辖 轉转 轎轿 辦办 辭辞 農农 釘钉 針针 釣钓 鈉钠 鈣钙 鈦钛 鈴铃 鈷钴 鈺钰 鉀钾
鉅巨 鉑铂 鉛铅 鉻铬 銀银 銅铜 銘铭 銳锐 銷销 鋁铝 鋅锌 鋒锋 鋪铺 鋰锂 鋸锯 鋼钢 錄录 錦锦 錫锡 錯错 錳锰 鍋锅 鍍镀 鍛锻
鍵键 鍾钟 鐘钟 鎂镁 鎖锁 鎢钨 鎮镇 鎳镍 鏈链 鏡镜 鐵铁 鑄铸 鑑鉴 鑒鉴 鑽钻 鑼锣 長长 門门 閃闪 閉闭 開开 間间 閑闲 閒闲
閘闸 閣阁 閥阀 閱阅 闊阔 闖闯 關关 闡阐 隊队 陽阳 陰阴 陳陈 陸陆 階阶 際际 隨随 險险 隱隐 雙双 雜杂 離离 難难 韋韦 韌韧
韓韩 響响 頁页 頂顶 項项 順顺 須须 預预 領领 頭头 頻频 題题 額额 顏颜 願愿 類类 顧顾 顯显 昇升 陞升 淩凌 峯峰 週周 誼谊
"""
TRADITIONAL = {pair[0]: pair[1] for pair in PAIRS.split()}
"""Traditional character → simplified; where one stands for several, the one that names use."""

GROUPS = """
己已巳 未末 土士 曰日 人入 干千于 大太犬 天夭 睛晴 侯候 拆折析 戍戌戊 贝见 子孑 刀力カ 免兔 鸟乌 历厉 象像 今令 木本
爪瓜 王玉 准淮 冶治 凤风 仓仑 暖暧 崇祟 冼洗 毫亳 柠拧 檬朦 工エ 二ニ 口ロ 夕タ 卜ト 一ー―
"""
LOOK_ALIKES = {each: group[0] for group in GROUPS.split() for each in group[1:]}
"""A character that is mistyped for one like it → the one that all of these are compared as."""

FOLDED = str.maketrans(TRADITIONAL)
SETTLED = str.maketrans(LOOK_ALIKES | {"○": "〇", "两": "二"})
AMONG_DIGITS = re.compile(r"[oli]*\d[\doli]*")
AS_DIGITS = str.maketrans("oli", "011")
ORDINAL = re.compile(r"第?([〇零一二三四五六七八九十百]+)(?=期|号|标|区|厂|段|批)")
ROMAN = re.compile(r"(?<![a-z])(i{1,3}|iv|v)(?=期|号|标|区|厂|段|批)")
ROMANS = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
REST = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.%]|_")


def mistyped_as(character: str) -> str:
    """A character of a folded name, and all that may have been typed there.

    >>> mistyped_as("己"), mistyped_as("柠")
    ('己已巳', '柠拧')
    """
    return next((group for group in GROUPS.split() if group[0] == character), character)


@lru_cache(maxsize=8192)
def simplified(text: str) -> str:
    """Text with its traditional characters in their simplified form.

    >>> simplified("檸檬深加工產業園")
    '柠檬深加工产业园'
    """
    return text.translate(FOLDED)


@lru_cache(maxsize=8192)
def folded_name(text: str) -> str:
    """A name as `normal_name` has it, and however it was typed: in either script, with a look-alike,
    with O for 0 among digits, with 一期, 1期 or Ⅰ期, with any marks.

    Two names that are folded alike are one name typed in two ways.

    >>> folded_name("安岳縣檸檬產業園（一期）。"), folded_name("年产1O万吨自已家果汁")
    ('安岳县柠檬产业园1期', '年产10万吨自己家果汁')
    """
    name = normal_name(simplified(text)).replace("第", "")
    name = AMONG_DIGITS.sub(lambda found: found[0].translate(AS_DIGITS), name)
    name = ORDINAL.sub(lambda found: str(below_ten_thousand(found[1]) or found[1]), name)
    name = ROMAN.sub(lambda found: ROMANS[found[1]], name)
    return REST.sub("", name).translate(SETTLED)
