namespace TriggerConsole.Tests.Browser;

/// <summary>The classics: each would set <c>window.__xss</c> if it ran.</summary>
internal static class XssVectors
{
    private const string Run = "window.__xss=1";

    public static IReadOnlyList<string> All { get; } =
    [
        $"<script>{Run}</script>", $"<ScRiPt>{Run}</sCrIpT>", $"<script >{Run}</script >", $"<script/x>{Run}</script/x>", $"<script\n>{Run}</script\n>", $"<<script>{Run}//<</script>", $"<script>{Run}<!--", $"<script src=data:text/javascript,{Run}></script>", $"<script type=module>{Run}</script>", $"<scr<script>ipt>{Run}</scr</script>ipt>",
        $"\"><script>{Run}</script>", $"'><script>{Run}</script>", $"</title><script>{Run}</script>", $"</textarea><script>{Run}</script>", $"</style><script>{Run}</script>", $"</script></pre><script>{Run}</script>", $"--><script>{Run}</script>", $"]]><script>{Run}</script>", $"</noscript><script>{Run}</script>", $"</template><script>{Run}</script>",
        $"<img src=x onerror={Run}>", $"<img/src=x/onerror={Run}>", $"<img src=\"x\" onerror=\"{Run}\">", $"<img src=x:x onerror={Run}>", $"<img src=`x`onerror={Run}>", $"<IMG \"\"\"><SCRIPT>{Run}</SCRIPT>\">", $"<img src onerror=\n{Run}>", $"<image src=x onerror={Run}>", $"<img srcset=x onerror={Run}>", $"<img src=x onerror=&#119;&#105;&#110;&#100;&#111;&#119;.__xss=1>",
        $"<svg onload={Run}>", $"<svg/onload={Run}>", $"<svg><script>{Run}</script></svg>", $"<svg><animate onbegin={Run} attributeName=x dur=1s>", $"<svg><a xlink:href=\"javascript:{Run}\"><text x=20 y=20>x</text></a></svg>", $"<svg><use href=\"data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>{Run}</script></svg>#x\"/>", $"<svg><foreignObject><script>{Run}</script></foreignObject></svg>", $"<math><mi xlink:href=\"javascript:{Run}\">x</mi></math>", $"<math><mtext><table><mglyph><style><img src=x onerror={Run}>",
        $"<body onload={Run}>", $"<body onpageshow={Run}>", $"<iframe src=\"javascript:{Run}\"></iframe>", $"<iframe srcdoc=\"<script>parent.__xss=1</script>\"></iframe>", $"<iframe onload={Run}></iframe>", $"<embed src=\"javascript:{Run}\">", $"<object data=\"javascript:{Run}\">", $"<object data=\"data:text/html,<script>{Run}</script>\"></object>", $"<frameset onload={Run}>",
        $"<a href=\"javascript:{Run}\">x</a>", $"<a href=\"java\tscript:{Run}\">x</a>", $"<a href=\"&#106;avascript:{Run}\">x</a>", $"<a href=\" javascript:{Run}\">x</a>", $"<form action=\"javascript:{Run}\"><button>x</button></form>", $"<button formaction=\"javascript:{Run}\">x</button>", $"<isindex type=image src=x onerror={Run}>", $"<input autofocus onfocus={Run}>", $"<select autofocus onfocus={Run}>", $"<textarea autofocus onfocus={Run}>", $"<details open ontoggle={Run}>", $"<marquee onstart={Run}>", $"<video><source onerror={Run}></video>", $"<audio src=x onerror={Run}>", $"<video poster=x onloadstart={Run} src=x>",
        $"<meta http-equiv=refresh content=\"0;url=javascript:{Run}\">", $"<base href=\"javascript:{Run}//\">", $"<link rel=stylesheet href=\"javascript:{Run}\">", $"<link rel=import href=\"data:text/html,<script>{Run}</script>\">", $"<style>@import'javascript:{Run}';</style>", $"<style>*{{x:expression({Run})}}</style>", $"<div style=\"width:expression({Run})\">", $"<div style=\"background:url(javascript:{Run})\">", $"<x onclick={Run} id=x tabindex=1 onfocus={Run}>x",
        $"javascript:{Run}", $"javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+{Run}//'>", $"data:text/html,<script>{Run}</script>", $"';{Run};//", $"\";{Run};//", $"\\\";{Run};//", $"`${{{Run}}}`", $"{{{{constructor.constructor('{Run}')()}}}}", $"@({Run})", $"<!--[if IE]><script>{Run}</script><![endif]-->", $"<?xml version=\"1.0\"?><script>{Run}</script>", $"+ADw-script+AD4-{Run}+ADw-/script+AD4-", $"\u2028{Run}\u2029", $"<p id=\"tc\" name=\"tc\"><form id=Blazor name=DotNet><input name=attachEvent></form>", $"%3Cscript%3E{Run}%3C/script%3E", $"＜script＞{Run}＜/script＞", $"\0<script>{Run}</script>", $"<scr\0ipt>{Run}</scr\0ipt>", $"<xss contenteditable autofocus onfocus={Run}>", $"<dialog open onclose={Run}><form method=dialog><button>x</button></form></dialog>",
    ];

    /// <summary>Those that an HTTP header can hold.</summary>
    public static IEnumerable<string> ForHeaders => All.Where(v => v.All(c => c is >= ' ' and <= '~'));
}
