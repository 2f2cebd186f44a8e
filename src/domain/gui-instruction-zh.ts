import { actionOfControl } from "./gui-control.ts";
import type { Instruction } from "./gui-instruction-en.ts";
import type { GuiAction } from "./reply-part.ts";

/** What may stand before the verb of an instruction, and says no more than "please", "you can" or "when you are done". */
const lead = String.raw`^(?:请|您|你|可以?|也|还|就|只|需要?|要|想|现在|然后|接着|接下来|随后|最后|下一步|再|先|即可?|便|能够?|直接|随时|建议|推荐|欢迎|记得|不妨|试着?|尝试|或者?|或是|并且?|同时|另外|此外|如果?|若|的话|之?后|时|满意|完成|确认|无误|准备好|好|了|来|轻松|自行|手动|继续|快|去|[\s\uE000])*`;

/** Whoever does it, or has it done, is not the reader; or it is spoken of, as a topic. */
const toldOfOthers =
  /已|正在|我[会将来为把给在]|我们[会将来为把给在]|观众|用户|粉丝|引导|号召|提示|提醒|呼吁|邀请|鼓励|讲述|讲解|介绍|演示|展示|教程|教你|教大家|如何|怎么|怎样|[入加上作做成计写放]了|主角|人物|男孩|女孩|(?<!其)他|她|孩子|画面[中里]|镜头[中里]|片中|文案|旁白|台词|关于|对比|测评/;
/** What was made of it: an animation of a button is a part of the video. */
const isContent = /(?:按钮|图标|标志|关注|点赞|订阅)的?(?:动画|特效|音效|贴纸|镜头|画面|字样|字幕|效果)/;

const place = "(?:面板|窗口|标签页?|选项卡|侧边?栏|菜单|工具栏|编辑器|设置页?|素材库|媒体库|属性栏|页面)";
const screen = "(?:时间线|时间轴|播放器|预览窗口?|画布|時間線|時間軸)";

type Order = { verb: RegExp; fromStart: boolean; action: (clause: string) => GuiAction };

const orders: readonly Order[] = [
  {
    verb: /拖拽(?!式)|拖动(?!式|感)|拖放(?!式)|拖曳|拖移|拖入|[把将从].{0,30}?拖(?:到|至|进|入|拽|动)|^拖(?:到|至|进)/,
    fromStart: false,
    action: (clause) =>
      /文件|上传/.test(clause) ||
      (/素材|照片|图片|媒体|视频|音乐/.test(clause) &&
        /素材(?:面板|库|区)|媒体库|这里|此处|窗口|聊天|对话|页面|浏览器/.test(clause))
        ? "upload"
        : "edit",
  },
  {
    verb: /(?:点击|单击|双击|右击|右键|点按|轻点|轻触|点选|点开|按下|长按|点一下|按一下|點擊)(?![率量数次流]|后的|.{0,3}(?:音效|动画|特效|反馈))/,
    fromStart: false,
    action: (clause) => actionOfControl(clause, "press"),
  },
  {
    verb: new RegExp(
      `${lead}(?:在.{0,10})?(?:查看|打开|前往|进入|访问|检查|到|去|在|充值|升级|管理).{0,20}?(?:账户|账号|账单|余额|积分|订阅|会员中心|个人中心|套餐|帳戶|帳單|積分)|${lead}(?:账户|账号|账单|个人中心|会员中心).{0,10}(?:查看|查询|充值|升级|管理)`,
      "u",
    ),
    fromStart: true,
    action: () => "read_credits",
  },
  {
    verb: new RegExp(
      `${lead}(?:在|通过|到|去).{0,12}?${screen}.{0,6}?(?:预览|播放|查看|观看|看看|看一下|預覽)|${lead}(?:预览|播放|查看|观看|預覽).{0,30}?${screen}|${lead}${screen}(?:中|里|上)?(?:您|你)?(?:可以?|能)?(?:预览|播放|查看|观看)|${lead}(?:预览|預覽)(?=$|一下|视频|效果|成片|它|您|你|整|最终|修改|结果)`,
      "u",
    ),
    fromStart: true,
    action: () => "show_tracks",
  },
  {
    verb: new RegExp(
      `${lead}(?:打开|打開|进入|前往|切换[到至]|转到|展开|返回|回到).{0,25}?(?:${place}|${screen})|${lead}(?:使用|通过|利用|用(?![户于])|在|到|去).{0,25}?(?:${place}|时间线|时间轴).{0,12}?(?:调整|微调|修改|编辑|查看|预览|选择|更改|设置|找到|操作|剪辑|排序|完成)`,
      "u",
    ),
    fromStart: true,
    action: (clause) =>
      actionOfControl(
        clause.replace(/.{0,40}?(?:打开|打開|进入|前往|切换[到至]|转到|展开|返回|回到|使用|通过|利用)/u, ""),
        "read_state",
      ),
  },
  { verb: /导出按钮|下载按钮|匯出按鈕/, fromStart: false, action: () => "export" },
  {
    verb: new RegExp(
      `${lead}(?:导出|下载|匯出|下載)(?!.{0,4}(?:共|时长|已|的|完成|成功|失败|约))(?=$|视频|成片|文件|它|并|吧|了|啦|您|你|最终|为|到|成|mp4)`,
      "iu",
    ),
    fromStart: true,
    action: () => "export",
  },
  {
    verb: new RegExp(
      `${lead}(?:使用|通过|利用|用(?![户于])|选择|选中|勾选|按).{0,20}?(?:按钮|图标|滑块|按键|快捷键|開關|下拉)`,
      "u",
    ),
    fromStart: true,
    action: (clause) => actionOfControl(clause, "press"),
  },
  { verb: new RegExp(`${lead}保存(?:项目|修改|更改|草稿|视频|工程)`, "u"), fromStart: true, action: () => "press" },
];

/** The instruction that a Chinese clause is, or null; the arguments as for English. */
export function chineseInstruction(clause: string, original: string): Instruction | null {
  if (isContent.test(clause)) return null;
  for (const { verb, fromStart, action } of orders) {
    const at = clause.search(verb);
    if (at === -1 || (!fromStart && toldOfOthers.test(clause.slice(0, at)))) continue;
    return { action: action(original.slice(at)), isAddressed: true };
  }
  return null;
}

/** The clause without "请", "您可以" and the like. */
export function chineseOrderIn(clause: string): string {
  return clause.replace(new RegExp(lead, "u"), "");
}
