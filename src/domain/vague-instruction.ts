/** Praise without a content. An instruction that says nothing but these and the words around them leaves everything open. */
const praise = words(`
  better best nice nicer nicest good great greater cool cooler awesome amazing fantastic fancy fancier beautiful pretty prettier
  lovely perfect professional pro polished stunning excellent wonderful attractive appealing interesting exciting engaging
  special fun wow pop improve improved enhance enhanced fix upgrade polish spice jazz beautify optimize optimise refine viral
  something anything whatever magic
`);
const around = words(`
  a an the this that these those it its my our your me us i you we some all of to and or so just really very much more lot bit
  little please thanks can could would will should want like need let make makes making made do does doing create generate produce
  give turn edit get look looks looking feel feels seem be is are as possible way up out into in on for from with by at
  video videos clip clips movie film footage photo photos picture pictures image images file files script text thing things
  stuff one result quality overall everything kind sort version
`);

const chinesePraise = anyOf(`
  高大上 有意思 吸引人 好看 漂亮 精彩 高级 专业 專業 完美 有趣 炫酷 好玩 优化 優化 美化 改进 改進 改善 提升 完善 润色 潤色
  精美 好听 厉害 厲害 好 美 酷 炫 棒 牛 赞
`);
const chineseAround = anyOf(`
  一点儿 一點兒 一点 一點 一下 一些 帮我 幫我 帮忙 幫忙 麻烦 麻煩 谢谢 謝謝 随便 隨便 尽量 盡量 可以 能不能 非常 特别 稍微 更加
  这个 這個 那个 那個 这些 這些 这段 這段 这份 视频 視頻 短片 影片 片子 照片 图片 圖片 素材 文案 脚本 腳本 效果 整体 感觉 看起来
  看上去 弄得 做得 变得 變得 搞得 处理 處理 制作 製作 生成 剪辑 剪輯 请 請 把 将 將 给 給 让 讓 我 你 它 们 們 这 這 那 弄 做 搞 改
  变 變 剪 调 得 成 点 點 些 更 再 很 最 能 个 個 吗 嗎 吧 呢 啊 的 地 了 下 儿 就 行 感
`);

/** Whether an instruction, in English or Chinese, says only that it should be good ("make it look better", "弄好看点"), not how. */
export function isVague(instruction: string): boolean {
  const withoutPraise = instruction.replaceAll(chinesePraise, " ");
  const rest = withoutPraise.replaceAll(chineseAround, " ");
  const left = rest.toLowerCase().match(/[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu) ?? [];
  const praises = left.filter((word) => praise.has(word));
  const isPraised = withoutPraise !== instruction || praises.length > 0;
  return isPraised && left.every((word) => praise.has(word) || around.has(word));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Longest first, so that nothing is found inside a longer word. */
function anyOf(text: string): RegExp {
  return new RegExp([...words(text)].toSorted((a, b) => b.length - a.length).join("|"), "gu");
}
