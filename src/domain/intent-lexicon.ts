import type { smallWords } from "./intent-small-words.ts";

/**
 * What short requests speak of. English and simplified Chinese side by side, in lower case, without punctuation and with contractions
 * written out ("what is"), as `wordsOf` makes them. The longest phrase wins, so that "a video" can mean something else than "video".
 * A phrase may stand in several lists, and then has all their meanings.
 *
 * A word that is in no list makes the text a message. So leave out whatever asks to make or change something.
 */
export const lexicon = {
  show: `walk me through, take me through, show, see, view, display, look at, have a look at, take a look at,
    pull up, bring up, open up, print, read, 看, 看一看, 瞧瞧, 查, 查询, 显示, 展示, 检查, 睇下, 瞄一眼`,
  watch: `watch, play, 观看, 播放`,
  list: `list, enumerate, name all, 列出, 列一下, 列个`,
  tell: `tell me about, talk about, asking about, describe, summarize, summarise, sum up, recap, tell, know, check,
    confirm, find out, ask, asking, keep me posted on, fill me in on, wondering, curious, remind me, say, verify,
    look up, lookup, 描述, 总结, 概括, 告诉, 知道, 了解, 说, 确认, 问, 汇报`,
  give: `gets, let me have, i will have, hook me up with, fetch, getting, have access to, give, get, gimme, provide,
    grab, receive, can i have, could i have, may i have, hand, pull, pick up, obtain, take, access, 视频给我,
    影片给我, 片子给我, 给, 给我们, 拿, 获取, 得到, 取, 领取, 来一份, 俾我`,
  send: `send, sent, share, email, e mail, mail, deliver, pass, forward, hand over, dm, drop, ship, text, message,
    airdrop, 发, 发给, 发我, 发送, 发出来, 发送给, 传, 传给, 传我, 传过来, 传送, 传送给, 寄, 寄给, 分享, 分享给,
    传到, 发给我, 发我一下, 发给我一下, 传给我, 寄给我, 发给我看, 转发, 转给, 交给, 交付`,
  /** What only an export does. */
  export: `export away, render, re render, rerender, render out, start rendering, mind rendering, export, exports,
    exporting to, re export, reexport, download, downloads, dl, be exported, be downloaded, start exporting,
    begin exporting, mind exporting, start downloading, mind downloading, proceed with exporting, about exporting,
    about downloading, 出成片, 出片, 渲染, 输出视频, 输出成片, 导出, 汇出, 下载, 输出, 导, 导个`,
  /** What an export does when it is done to a video: "save energy" is none. */
  save: `save, output, mind sending, mind sharing, store, 保存, 存, 另存, 储存, 算图`,
  /** "Start the export". */
  start: `start, begin, run, hit, press, click, kick off, trigger, do, finish, perform, 开始, 执行, 启动, 进行`,
  /** Done with exporting, or wanted so: "is it exported?", "I need it exported". */
  exported: `exported, downloaded, rendered, saved, sent, downloadable, exportable`,
  /** What an editor would have. */
  button: `button, option, feature, function, menu, page, 按钮, 选项, 功能, 按键`,
  /** Being worked at. */
  busy: `working on it, working on that, still going, in the works, exporting, downloading, rendering, processing,
    generating, working, loading, running, uploading, making, creating, editing, converting, in progress, underway,
    under way, stuck, frozen up, hanging, pending, queued, in the queue, in queue, 处理, 进行中, 排队, 卡住, 卡了,
    正在, 在做, 在跑, 运行, 中`,
  /** The end of that work. */
  ready: `almost there, nearly there, not ready yet, not done yet, not finished yet, available, done, ready,
    finished, finish, finishing, complete, completed, completing, finalised, finalized, over with, through, succeed,
    succeeded, successful, successfully, did it fail, has it failed, did it work, did that work, did this work,
    worked, work out, go through, gone through, went through, go well, come through, generated, made, processed,
    created, edited, up yet, good yet, ready yet, done yet, ok了, 可以了吗, 失败了吗, 失败了没, 好, 完, 搞定, 搞掂,
    结束, 就绪, 成功, 出来, 完事`,
  /** Edits, which are asked about as done: "has the title been added?" */
  changed: `did you add, have you added, did you put, did you remove, did you change, did you cut, did you trim,
    did you include, added, removed, changed, trimmed, applied, updated, inserted, saved, fixed, replaced, adjusted,
    cut, included, 加上, 加, 加好, 换, 换上, 改, 删, 去掉, 换掉, 调, 放上, 放`,
  video: `video, videos, vid, vids, clip, movie, film, videoclip, vidoe, vedio, animation, reel, montage, slideshow,
    promo, ad, advert, commercial, trailer, teaser, explainer, story, vlog, 视频, 影片, 片子, 短片, 影像, 短视频,
    录像, 片, 动画, 宣传片`,
  /** A video that is not there yet. */
  newVideo: `a video, a new video, another video, one more video, new video, a clip, a new clip, another clip,
    a film, a movie, a reel, a promo, a slideshow, an animation, a montage, a short video, status video,
    progress video, credits video, tracks video, 一个视频, 个视频, 一条视频, 条视频, 一段视频, 一部影片, 一支影片,
    支影片, 一支视频, 一个短片, 一部短片, 新视频, 一个新视频, 另一个视频, 一个影片, 状态视频, 状态的视频, 一个短视频,
    条短视频`,
  /** What a finished video is called, and a video that is yet to be made is not. */
  finished: `mp4, mp4s, mp4 file, final video, final cut, final version, final file, final result, final output,
    final product, final film, final clip, final movie, final export, final render, final one, final mp4,
    finished video, finished product, finished file, finished film, finished clip, finished version, finished movie,
    finished mp4, completed video, complete video, exported video, rendered video, exported file, rendered file,
    exported version, video file, video files, output file, result, results, file, files, link, video link, url,
    copy, deliverable, end result, end product, rendered version, full video, a copy, a link, an mp4, an mp4 file,
    the mp4, 视频给我, 影片给我, 片子给我, 成片, 成品, 成果, 结果, 文件, 档案, 文档, 链接, 连结, 下载链接, 下载地址,
    视频文件, 影片档, 视频档, 影片档案, mp4文件, 最终视频, 最终版, 最终版本, 最终影片, 最终成片, 最终文件,
    最后的视频, 完成的视频, 完成的影片, 做好的视频, 做好的影片, 剪好的视频, 剪好的影片, 导出的视频, 生成的视频,
    生成好的视频, 成品视频, 完整视频, 完整的视频, 完整影片, 完成品, 完成版, 做好的, 剪好的, 网址`,
  /** How an export should be. A changed ratio, length or content is an edit, and not in here. */
  output: `bitrate, bit rate, frame rate, framerate, codec, file size, or better, max quality, ultra, crisp, sharp,
    clear, clearest, uncompressed, premium, decent, hd, fhd, uhd, high def, highest, high, best, better, good, max,
    maximum, top, original, lossless, quality, resolution, res, definition, format, version, mp4, mov, webm, mkv,
    avi, h264, h 264, h265, hevc, fps, 24 fps, 25 fps, 30 fps, 50 fps, 60 fps, 120 fps, final, finished, completed,
    latest, current, standard, default, low, lower, lowest, medium, normal, sd, small, low res, settings, setting,
    file format, video format, in one piece, directly, publish ready, most recent, newest, as is, as it is, instead,
    for tiktok, for instagram, for youtube, for facebook, for reels, for shorts, for whatsapp, for wechat,
    for twitter, for linkedin, for social media, for douyin, for bilibili, for my client, for my boss,
    for my website, for publishing, for posting, for upload, 码率, 比特率, 原画质, 高清, 超清, 超高清, 全高清, 蓝光,
    高清晰度, 画质, 质量, 品质, 清晰度, 分辨率, 解析度, 格式, 原画, 无损, 最高, 最好, 最佳, 最大, 最清晰, 最高清, 高,
    清晰, 标清, 低, 版, 版本, 最终, 最后的, 完成的, 做好的, 最新, 最新的, 最新版, 当前的, 默认, 原始, 默认设置,
    高清版本`,
  /** Where it should go, among what is the person's own. */
  target: `computer, pc, laptop, desktop, phone, mobile, tablet, ipad, iphone, mac, device, disk, hard drive, drive,
    google drive, dropbox, icloud, cloud, camera roll, gallery, photos app, folder, downloads folder, files, local,
    locally, offline, inbox, email, e mail, mail, email address, mailbox, whatsapp, slack, chat, camera, 电脑, 手机,
    平板, 本地, 相册, 相簿, 邮箱, 信箱, 微信, 桌面, 硬盘, 云盘, 网盘, 设备, 文件夹, 盘, u盘, 邮件, 聊天`,
  /** Asks for the state by itself. */
  status: `is something wrong, is anything wrong, is everything ok, is everything okay, is everything all right,
    where did we leave off, where we left off, where did we stop, where did we end up, what is the latest,
    what is new, update me, keep me updated, keep me posted, are we there yet, situation, percent, status, statuses,
    state, status update, status report, status check, an update, any update, any updates, update on, updates on,
    quick update, update please, updates please, progress, progress report, progress update, progress check, eta,
    any news, news on, any word on, the latest on, how is it going, how it is going, how is everything going,
    how are things, how are things going, how is it coming, how is it coming along, coming along, come along,
    how is it looking, how goes it, what is going on, what is happening, what is the hold up, what is the holdup,
    what is taking so long, taking so long, take so long, taking forever, taking this long, why so long,
    why is it taking so long, where are we, where we are, where do we stand, where do things stand,
    where things stand, where we stand, where is it at, where are things, how far along, how far, how close,
    percent done, percentage, far along, state of play, what stage, which stage, what step, which step, 完成了多少,
    完成多少, 完成度, 什么阶段, 哪个阶段, 哪一步, 状态, 进度, 进展, 进展如何, 情况, 情况如何, 状况, 现况, 概况,
    什么情况, 更新进度, 咋样了, 怎么样了, 怎样了, 到哪了, 到哪步了, 百分之几, 怎么这么久, 怎么这么慢, 为什么这么久,
    为什么这么慢, 怎么还没好, 到哪里, 到哪儿, 到什么程度, 进行到哪了, 生成进度, 处理进度, 渲染进度, 制作进度,
    剪辑进度`,
  /** Asks for the state of what it is of: "summary of the timeline". */
  outline: `overview, summary, recap, rundown, preview, 预览, 概览, 总览`,
  /** "How is it going?" */
  going: `how is, how are, how was, hows, look, going, doing, looking, coming, shaping up, 什么样, 什么样子, 啥样,
    怎么样, 怎么样了, 如何, 如何了, 怎样, 怎样了, 咋样, 咋样了`,
  /** What only the timeline has. */
  timeline: `timeline, timelines, time line, tracks, track, track list, tracklist, layers, track info, storyboard,
    edit so far, 时间线, 时间轴, 轨道, 音轨, 视轨, 视频轨, 图层, 轨, 轨道列表, 轨道信息, 分轨, 故事板, 分镜`,
  /** What is on a timeline, and elsewhere. */
  items: `clips, scenes, segments, elements, assets, files, media, shots, songs, images, photos, pictures, titles,
    captions, subtitles, layers, clip, scene, effects, parts, items, video clips, video tracks, audio tracks,
    text tracks, video track, audio track, text track, music, song, bgm, audio, title, things, stuff, content,
    contents, materials, text, 片段, 素材, 场景, 镜头, 画面, 媒体, 元素, 文件, 图片, 照片, 音乐, 字幕, 标题, 内容,
    特效, 视频片段, 段落, 东西, 音频, 文字, 背景音乐`,
  project: `version, project, session, draft, workspace, 版本, 项目, 专案, 工程, 草稿, 作品, 会话`,
  /** What is being worked at, as people call it. */
  job: `work, edit, job, task, order, request, cut, rough cut, 任务, 工作, 初剪, 粗剪`,
  soFar: `what did you change, what did you add, what did you do, what have you added, what have you changed,
    what changed, what was added, what has changed, what we have, what we have so far, what you have,
    what you have so far, what we have now, what i have, what i have so far, current, latest, so far, until now,
    up to now, up till now, currently, right now, at the moment, at present, as of now, by now, in there, on there,
    already, presently, 改了什么, 加了什么, 做了什么, 改了哪些, 动了什么, 最新, 最新的, 当前的, 目前, 目前为止, 现在,
    当前, 已经, 至今, 眼下`,
  duration: `how long until, how long till, how long before, how much longer until, how much longer till, how long,
    how much longer, how much time, how many minutes, how many seconds, how many more minutes, long, duration,
    length, total length, total duration, how many hours, 多久, 还要多久, 多长, 多长时间, 多少时间, 几分钟, 几秒,
    几秒钟, 多少秒, 多少分钟, 几小时, 时长, 长度, 总时长, 要等多久`,
  /** What the state says of the whole video. */
  property: `resolution, aspect ratio, ratio, format, size, frame rate, fps, length, duration, quality, dimensions,
    orientation, 分辨率, 比例, 画幅, 格式, 大小, 帧率, 时长, 长度, 尺寸, 画质`,
  /** What only the account has. */
  credits: `credits, credit, balance, balances, account balance, quota, allowance, credit count, credit status,
    point balance, 积分, 余额, 点数, 额度, 剩余额度, 余量, 结余, 配额`,
  /** The same by names that mean other things too. */
  points: `points, tokens, coins, 点, 代币, 钱`,
  account: `account, wallet, plan, subscription, billing, 账户, 账号, 帐户, 帐号, 账上, 钱包, 帐上, 名下`,
  left: `to work with, left, remaining, remain, remains, available, spare, leftover, unused, to spend, to use,
    usable, total, frozen, reserved, 剩, 剩余, 剩多少, 可用, 能用, 够用的, 还有, 仲有, 总, 冻结, 可以用, 用的,
    可使用`,
  used: `usage, did i use, have i used, use up, do i use, spend, used, spent, burned, burnt, consumed, charged,
    spend so far, gone through, 用了, 用掉, 花了, 花掉, 消耗, 扣了, 用完, 用光, 花光, 耗尽`,
  enough: `cover, how low, enough, sufficient, out of, run out, running out of, running low, low, low on, short on,
    short of, plenty, 没了, 快没了, 用没了, 够, 够用吗, 足, 够吗, 充足, 不足, 不够`,
  /** Only to be heard of in "enough credits to make another". */
  make: `render a, render another, render me a, render us a, how about making, what about making, mind making, make,
    generate, create, produce, edit, do, render, making, generating, creating, 做, 生成, 制作, 剪, 剪辑, 编辑, 弄,
    搞, 整, 录, 合成, 处理`,
  upload: `uploading, send you, give you, share with you, upload, uploads, up load, re upload, reupload, import,
    attach, add files, 发给你们, 传上来, 发上来, 上传, 上载, 传, 传上去, 导入, 汇入, 添加文件, 加入文件, 提交文件,
    添加附件`,
  uploaded: `uploaded, attached, imported, sent you, sent, uploading, upload complete, 上传了, 上传的, 上传过,
    已上传, 传了, 传上来, 导入了, 刚上传的, 传的, 发了`,
  /** Hands something over. */
  here: `attaching, submitting, forwarding, take a look at the attached, here come, here comes, you asked for,
    you requested, you wanted, the requested, see the attached, check the attached, this one, these, these ones,
    those, here is, here are, here you go, here you are, here it is, here they are, there you go, this is, these are,
    see attached, see attachment, attachment, attachments, attached, find, please see, enclosed, fyi, as requested,
    as promised, as discussed, as mentioned, for you, sending, adding, another one, one more, i have attached,
    sharing, providing, 刚拍的, 收下, 发过来了, 这个, 这些, 还有这个, 还有这些, 这是, 这里是, 这些是, 在这, 在这儿,
    附件, 附件是, 见附件, 查收, 请看, 请看附件, 给你, 给您, 发你, 发给你, 发给您, 传给你, 传给您, 补充, 就是这个,
    就是这些, 来了, 附, 奉上, 以下是, 如下`,
  /** What people upload. */
  media: `video file, video files, file, files, clip, clips, footage, photo, photos, shots, picture, pictures, pic,
    pics, image, images, script, scripts, document, documents, doc, docs, docx, word document, pdf, pdfs, txt, srt,
    heic, jpg, jpgs, jpeg, png, gif, webp, mov, mp3, wav, music, song, songs, audio, recording, recordings,
    voiceover, voice over, logo, material, materials, asset, assets, media, selfie, screenshot, screenshots,
    raw video, raw clip, raw file, raw files, raw, video clips, text file, subtitle file, stuff, things, something,
    文件, 档案, 素材, 原始素材, 照片, 图片, 相片, 图, 截图, 图像, 片段, 音乐, 歌, 歌曲, 音频, 录音, 脚本, 稿子, 文稿,
    文案, 文档, 剧本, 附件, 资料, 材料, 原片, 原视频, 字幕文件, 视频素材, 图片素材, 照片素材, 商标, 旁白`,
  /** "How large may an upload be?" */
  limits: `limit, limits, size, sizes, file size, max size, large, big, larger, formats, format, types, type,
    file types, file type, kinds, kind, supported, support, accept, accepted, allowed, maximum, max, 限制, 大小,
    多大, 格式, 类型, 支持, 哪些格式, 什么格式, 上限, 种类, 最大`,
} as const satisfies Record<string, string>;

/** Chinese says "ready" with a verb and its result (做好了), and "how far" with a verb and 到哪. As one word they do not read as the verb. */
export const results = {
  verbs: `做, 弄, 搞, 整, 剪, 剪辑, 编辑, 处理, 生成, 制作, 渲染, 导出, 下载, 上传, 传, 合成, 录, 拍, 改, 加载, 运行,
    进行, 跑, 转`,
  ready: `好, 好了, 好啦, 完, 完了, 完成, 完成了, 成功, 成功了, 成了, 出来, 出来了, 结束, 结束了`,
  busy: `还在, 正在, 在`,
  status: `到哪, 到哪了, 到哪里, 到哪里了, 到哪儿, 到哪儿了, 到哪步, 到哪步了, 到哪一步, 到哪一步了, 到什么程度,
    到什么程度了, 得怎么样, 得怎么样了, 的怎么样, 的怎么样了, 得如何, 得如何了, 得咋样, 得咋样了`,
} as const;

/** What a word means. A `modifier` is an unknown word in a place where any may stand: "is the coffee shop video ready?" */
export type Concept = keyof typeof smallWords | keyof typeof lexicon | "number" | "modifier";
