/// Texts that try to break out of a report: Markdown, HTML, terminal and diagram syntax, hidden and turning characters.
enum Payloads {
  static let all: [String] =
    markdown + html + terminal + hidden + mermaid
    + [" ", "`", "``", "\\", "|", "a|b", "\\|", "\\\\|", "|\\", "a\\|b`c`|d", String(repeating: "A", count: 5000)]

  static let markdown: [String] = [
    "# HIJACK", "\n# HIJACK\n", "\r\n\r\n# HIJACK", "x\n====\n", "x\n----\n", "- item", "* item", "+ item", "1. item",
    "1) item", "> quote", "    code", "\tcode", "```\nfence", "~~~\nfence", "~~~", "```", "````", "`` ` ``", "`a`",
    "`a",
    "a`", "`|`", "``|``", "*a*", "**a**", "_a_", "__a__", "***a***", "~~a~~", "~a~", "[a](http://x.example)",
    "[a](javascript:alert(1))", "![px](http://x.example/p.png)", "![px](x \"t\")", "[a][b]\n\n[b]: http://x.example",
    "\n\n[b]: http://x.example\n", "<http://x.example>", "http://x.example", "https://x.example/a?b=c", "www.x.example",
    "mail@x.example", "mailto:mail@x.example", "xmpp:a@b.example", "ftp://x.example", "@team", "#123", "org/repo#1",
    "[ ] task", "[x] task", "[^1]", "[^1]: note", "\n\n| HIJACK | b |\n|---|---|\n| c | d |\n", "| HIJACK |",
    "a | b | c",
    "a\\", "a\\\\", "\\`", "\\\\`", "\\*a\\*", "&lt;b&gt;", "&#60;b&#62;", "&amp;", "&copy;", "a  \nb", "a\\\nb", "***",
    "---",
    "___", "===", "\n===\n", "$$x$$", "$x$", ":smile:", "::error::x", "\n::set-output name=a::b", "{{x}}", "{% x %}",
    "<!-- x", "-->", "<!-- x -->", "]]>", "\n</details>\n", "\n\n</td></tr></table>\n\n",
  ]

  static let html: [String] = [
    "<script>alert(1)</script>", "</code><script>alert(1)</script>", "`<script>alert(1)</script>`",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "<iframe src=//x.example>", "<h1>HIJACK</h1>", "<b>x</b>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>", "<details open>", "</table>", "\"><img src=x>", "'><img src=x>", "<br>",
    "<!DOCTYPE x>",
    "<?xml version='1.0'?>", "<![CDATA[x]]>", "<details\n>", "\u{0}<script>",
  ]

  static let terminal: [String] = [
    "\u{1B}[31mred\u{1B}[0m", "\u{1B}]8;;http://x.example\u{7}x\u{1B}]8;;\u{7}", "\u{1B}[2J", "\u{9B}31m", "\u{7}",
    "\u{8}\u{8}x",
    "a\rb", "a\u{B}b", "a\u{C}b", "\u{7F}", "\u{85}x", "\u{90}x\u{9C}", "FAKE: 0 problems\n\u{1B}[1A",
  ]

  static let hidden: [String] = [
    "\u{202E}gnp.exe", "\u{2066}x\u{2069}", "\u{200B}", "a\u{200D}b", "\u{FEFF}x", "\u{2028}x", "\u{2029}x", "\u{AD}x",
    "\u{A0}x",
    "\u{3164}", "\u{E0041}", "\u{FFFE}", "\u{E000}", "\u{61C}x", "e\u{301}", "👩‍👩‍👧", "naïve – “ok” …",
  ]

  static let mermaid: [String] = [
    "\"]\nclick A href \"javascript:alert(1)\"", "\n  subgraph HIJACK\n", "a\"] --> b[\"c", "%%{init: {}}%%", "end",
    "#quot;", "A;B",
    "a<br/>b", "n0 --> n1",
  ]
}
