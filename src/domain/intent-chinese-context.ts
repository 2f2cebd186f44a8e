import { anyOf, longestOf } from "./intent-language.ts";

/** Courtesy, small words, and how a result may come; a few English ones for mixed text. */
const small = `
  你好|您好|嗨|哈喽|早上好|上午好|下午好|晚上好|早安|老师|亲爱的|亲|在吗|谢谢|多谢|感谢|谢啦|谢了|非常|辛苦了|辛苦|辛苦啦|拜托|麻烦|劳烦|
  烦请|请问|请|打扰一下|打扰了|不好意思|客气|好的|好啊|好吧|好了|好嘞|好|行了|行|嗯|哦|噢|喔|对了|对|是的|没错|不错|很不错|挺好|很好|
  太好了|太棒了|真棒|很棒|棒|完美|赞|牛|厉害|满意|喜欢|可以了|可以|没问题|没有问题|就这样|就这个了|就它了|这版|就这版|定稿|定了|收到|明白|
  知道了|知道|了解|ok了|ok|please|pls|hi|hello|thanks|哈哈|没别的了|没别的|都行|怎么都行|随便|方便的话|快点|赶紧|赶快|抓紧|走起|能不能|
  可不可以|能否|可否|是否|是不是|有没有|帮我|帮忙|帮|替我|给我|给|我们|咱们|咱|我|你们|你|您|妳|它|他|的话|的|地|得|了|一下子|一下|下|吧|
  啊|呀|呢|哎|诶|喂|啦|嘛|哈|咯|喽|哟|嘞|呗|呐|吗|么|将|把|能够|能|会|想要|想问|想|希望|打算|准备|应该|需要|需|要|要求|现在|当前|目前|
  马上|立刻|立即|尽快|直接|先|就|都|那么|那|所以|因为|既然|然后|接着|最后|再次|再|重新|又|也|还|是|有|从|在|里面|里边|里|上面|上边|上|中|
  到|至|成|为|以|用|并且|并|和|跟|与|及|出来|过来|过去|出去|来|去|一份|一遍|一次|一个|个|让|一起|全部|所有|整个|完整|总共|一共|目前为止|
  为止|今天|今晚|明天|昨天|前天|上周|这个月|本月|上个月|今年|刚才|刚刚|刚|已经|自己|大概|到底|究竟|即可|就好|这个|这些|那个|那些|这|这里|
  那里|那边|这边|之后|以后|完成后|做完|做完后|剪完|剪完后|后|完成|完了|完|做好|时候|等会儿|等一会|等一会儿|待会|待会儿|稍等|等下|等一下|
  等|如果|一旦|只要|一点|点|些|看看|看下|看一下|看|查|看一眼|瞅一眼|瞅|瞄一眼|问一下|问|说|告诉|一声|怎么|如何|怎样|哪里|哪儿|在哪|什么|
  哪些|啥|多少|几|多|大家|大佬|公司|只|光|别的|其他|暂时|可|没|未|不用改|不用改了|不改了|不|一|着|过|too|the|me|my|is|it|do|i|can|what|
  show|send|原画质|打包|视频文件|视频|影片|片子|短片|成片|成品|作品|项目|文件|档案|档|链接|地址|一般|格式|高清|超清|蓝光|画质|质量|清晰度|
  分辨率|最高|最好|最清晰|最终|最新|版本|版|原画|无损|标清|默认|mp4|mov|video|videos|project|clip|vlog|file|final|cut|hd|2k|4k|8k|480p|
  720p|1080p|2160p|30帧|60帧|30fps|60fps|1080|720|电脑|手机|平板|本地|相册|相簿|邮箱|微信|桌面|硬盘|网盘|云盘|u盘|设备|文件夹|备份|一版|
  那版|最后版|全|速`;
export const smallWords = smallWordsWith("");

/** @param more words that are small ones beside one request */
export function smallWordsWith(more: string): RegExp {
  return new RegExp(longestOf(`${small}|${more}`), "g");
}

/** A wish, an edit or a fault, wherever it stands outside of the request itself. */
export const editing = new RegExp(
  anyOf(`
  make|add|create|generate|edit|trim|change|remove|加|添|换|改|删(?!了|掉了)|去掉|去除|去水印|剪|裁|调|放大|缩小|缩短|放慢|慢放|变|转成|
  翻译|配(?!合)|做(?!好|完|得|的)|生成|制作|拍(?!的|了|摄|好)|画(?!质)|写|拼|合并|合成|替|移|静音|加速|淡入|淡出|设计|讲|介绍|解释|科普|
  主题|关于|一点|点儿|一些|短些|来点|来段|更|不要|别|比例|横|竖|风格|有些|不够|不对|不行|不好|不满意|不喜欢|难看|希望|应该|突出|把`) +
    "|太(?!好|棒|美|赞|完美|感谢|谢谢|喜欢)|有点(?!急|忙|赶|晚)|想(?!用|发|看|问|知道|确认)|用(?!了|来|于|完|掉)(?=.*(?:做|当|作))" +
    "|[想需]?要(?!用|发|看|交|给|开|去|出门|问|走|赶|下班|上|汇报|演示|睡|急|到|来|出)",
);
/** What a video is made of. Said beside a request, it is mostly to be changed. */
export const contents =
  /模板|样式|预设|贴纸|曲线|图表|数字|走势|脚本|方案|建议|gif|标题|字幕|音乐|配乐|bgm|声音|音量|配音|旁白|logo|水印|片头|片尾|开头|结尾|画面|背景|颜色|色调|滤镜|转场|字体|文字|文案|封面|镜头|场景|特效|动画|海报|宣传片|广告|屏幕|素材|照片|图片|音频|节奏|效果|人物|色彩|光线|段/;

const praise =
  /^(?!.*(?:不满意|不喜欢|不可以|不好看|[把想要加换]|但|不过)).*(?:没问题|没有问题|没什么问题|没啥问题|没意见|可以|不错|很好|挺好|真好|好看|满意|完美|喜欢|很棒|太棒|真棒|赞|漂亮|没毛病|ok|到位|对了|改好了|加好了|调好了)/;
/** "No more changes": refuses what would be an edit. "No subtitles" is one. */
const refusal =
  /(?:不用|不需要|不必|不要|无需|没什么要|没啥要|没有要|没什么|没啥|别|不)(?:再|要|用|需要|急着)*(?:改动|修改|改|做|剪辑|剪|动|编辑|生成|调整|调|加|换|导出|下载|发|急)(?:任何|什么|别的|其他|东西|地方|视频|成片|给我|了|啦|的|啥|吧|它)*$/;
export const refusesExport = /(?:别|不).*(?:导出|下载|发|输出)/;
/** Who tells something, or how it ends when something is told. */
const statement =
  /^(?!.*是一家)(?:因为|所以|等)?(?:我|咱|老板|客户|甲方|领导|同事|老师|学生|孩子|家长|朋友|老公|老婆|爸|妈|他|她|大家|对方|团队|公司|学校|平台|(?:手机|电脑|网络?)(?:坏|没电|断|卡|死机|重启)|刚|已经|今|明|昨|前天|上次|之前|晚上|下午|早上|中午|待会|等会|一会|马上|急|赶|周|星期|下周|有人|那边|这边|班级|活动|会议|比赛|上一|原来|旧)|(?:了|呢|着|要用|急|催|看|吃灰|就绪|就位)$/;
const purpose = /(?:要|好|用来|拿去|方便)?发给?(?:朋友圈|抖音|小红书|群里?|微博|b站|客户|老板|同事)/;

/** "I'll tell you later how to cut it." */
const putOff = /^(?:我|等会儿?|等一?下|待会儿?|先|回头|之后|到时)*(?:再|才)(?:告诉你|说).*|晚点.*/;

export function isContext(part: string): boolean {
  if (refusal.test(part) || putOff.test(part)) return true;
  if (/但|不过|太(?!好|棒|美|赞|完美)|再(?=.*[点些])/.test(part)) return false;
  if (praise.test(part)) return true;
  return !editing.test(part) && !contents.test(part) && (statement.test(part) || purpose.test(part));
}

export function isWeighty(part: string): boolean {
  return editing.test(part) || contents.test(part) || /导出|下载|发|上传|积分|余额/.test(part);
}

const order =
  /[?吗]$|哪|什么|怎样|怎么|(?<!就)这样|^用|^(?:请|帮我|麻烦|快点?|给我|我想|我要|我想要|再|先)*(?:把.*)?(?:做完|做好|做快|完成|弄好|来一?[个段条]|一[个段条]|要一?[个段条])(?!了)/;
const courteous =
  /告诉你|晚点|之后再|说要怎么|^(?:在|好|可以|行|方便|(?:能|可以)(?:不能)?帮.{0,3})吗|没什么|怎么(?:都|样都)|不知道|什么都/;

export function isDemand(clause: string): boolean {
  return order.test(clause) && !courteous.test(clause);
}

export const media =
  "(?:视频|影片|照片|图片|相片|图|截图|图像|片段|素材|文件|档案|音乐|歌曲|歌|音频|录音|脚本|稿子|文稿|文案|文档|剧本|附件|资料|材料|原片|logo|商标|旁白|原声|录像|clips?|files?|photos?|pictures?|images?|pics?|videos?|footage|logos?|script|pdf|mp[34])";
const handOver = new RegExp(
  `${media}|这|那|附|[发给传]你|补|查收|收下|来了|备用|存起来|放着|存着|先放|发了|传了|第[一二三四五]`,
);

export function isHandOver(clause: string): boolean {
  const told = clause.replaceAll(/不改|先别|不用|把(?=.*(?:传|存|放着|收))/g, "");
  return !/导出|下载|export|download/.test(told) && !editing.test(told) && handOver.test(told);
}
