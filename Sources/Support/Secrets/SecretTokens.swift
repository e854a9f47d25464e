// Tokens that speak for themselves: a vendor's prefix, the alphabet behind it, the least length.

/// Vendors' tokens by prefix, as the vendors document them.
enum SecretTokens {
  /// What may stand behind a prefix.
  enum Alphabet: UInt8, Sendable {
    /// Letters, digits, `-`, `_`, `.`, `=`.
    case word
    /// Letters and digits.
    case plain
    /// Hex digits and `-`.
    case hex
    /// Letters, digits, `+`, `/`, `=`, `-`, `_`.
    case base64
    /// Anything up to a blank or a quote.
    case any
  }

  struct Form: Sendable {
    var prefix: [UInt8]
    var least: Int
    var alphabet: Alphabet
  }

  private static func forms(_ list: String, _ least: Int, _ alphabet: Alphabet = .word) -> [Form] {
    list.split(separator: " ").map { Form(prefix: Array($0.utf8), least: least, alphabet: alphabet) }
  }

  static let all: [Form] = cloud + development + services

  private static let cloud =
    forms("AKIA ASIA ABIA ACCA AROA AIDA AGPA ANPA ANVA APKA ASCA A3TX LTAI AKID AKLT", 16, .plain)
    + forms("amzn.mws. amzn1.oa2-cs. AIza ya29. GOCSPX- 1//0 AQ.Ab8", 20) + forms("AQVN YCAJ YCNA YCMA", 30)
    + forms("t1.", 60) + forms("dop_v1_ doo_v1_ dor_v1_", 32, .hex) + forms("hvs. hvb. hvr. b.AAAA", 24)
    + forms("s.", 24, .plain) + forms("dapi dose dkea", 30, .hex) + forms("fo1_ fm1a_ fm1r_ fm2_", 30, .base64)
    + forms("FlyV1", 30, .any) + forms("pul-", 32, .hex) + forms("pscale_tkn_ pscale_pw_ pscale_oauth_", 20)
    + forms("sha256~", 32) + forms("v1.0-", 60, .hex) + forms("4b1d", 38, .plain) + forms("tk-us-", 30)
    + forms("HRKU-", 20) + forms("SCW", 17, .plain) + forms("AGE-SECRET-KEY-1", 20) + forms("ops_eyJ A3-", 24)
    + forms("dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", 24) + forms("dt0c01. dt0s01. dt0s16.", 20)
    + forms("glc_ glsa_", 20, .base64) + forms("NRAK- NRII- NRJS- NRRA- NRAA- NRSP-", 16) + forms("tskey-", 16)
    + forms("sbp_ sb_secret_ dnkey-", 20) + forms("rnd_ vck_ vca_ vci_ vcp_", 24, .plain) + forms("nfp_", 30, .plain)
    + forms("eyJ", 32)

  private static let development =
    forms("ghp_ gho_ ghu_ ghs_ ghr_ npm_ github_pat_", 20)
    + forms(
      "glpat- gldt- glft- glsoat- glrt- glrtr- glcbt- glptt- gloas- glimt- glagent- glffct- glwt- glpke- GR1348941", 16)
    + forms("pypi-", 30) + forms("rubygems_ CLOJARS_", 28) + forms("oy2 cio", 32, .plain) + forms("crio_", 28)
    + forms("dckr_pat_ dckr_oat_ bkua_ bkpat_ CCIPAT_ CCIPRJ_ ddp_ ddw_", 16) + forms("ATATT3 ATCTT3 ATBB ATSTT", 20)
    + forms("AKCp cmVmd", 30) + forms("jfrt@", 30, .any) + forms("API-", 25, .plain)
    + forms("PMAK- pnu_ pnb_ rdme_", 20)
    + forms("sntrys_ sntryu_ sntrya_ sntryi_", 24, .base64) + forms("squ_ sqp_ sqa_", 32, .hex) + forms("sgp_", 36)
    + forms("sgd_ slk_", 32, .plain) + forms("sdk- mob- api-", 36, .hex) + forms("ico-", 28, .plain)
    + forms("pat. sat.", 40) + forms("lin_api_ lin_oauth_ figd_ figo_ ntn_ secret_ntn_", 20)
    + forms("secret_ bot_", 40, .plain)
    + forms("phc_ phx_ waka_ hcaik_ hcxik_ hcalk_", 24)

  private static let services =
    forms("xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe.xoxp- xoxe.xoxb- xoxd- xoxc- xapp- xwfp-", 8)
    + forms("sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_ pk_live_ ssk_live_ rzp_live_ rzp_test_", 10)
    + forms("sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or- sk-lf- pplx- xai- nvapi- lsv2_pt_ lsv2_sk_ pcsk_ jina_", 20)
    + forms("sk-", 20, .plain) + forms("gsk_ r8_ hf_ api_org_ csk- fw_ tgp_v1_", 20, .plain) + forms("SG.", 30)
    + forms("xkeysib- xsmtpsib-", 32) + forms("shpat_ shpca_ shppa_ shpss_ shptka_ shpit_", 20, .hex)
    + forms("sq0csp- sq0atp- sq0idp- EAAA EAAl", 22) + forms("EAAC EAAM EAAG EAAB EAACEdEose0cBA", 40, .plain)
    + forms("p8e-", 20) + forms("duffel_test_ duffel_live_", 20) + forms("EZAK EZTK", 40, .plain)
    + forms("FLWSECK_TEST- FLWSECK- FLWPUBK_TEST- FLWPUBK-", 12) + forms("sm_aat_ sm_pat_ sm_sat_", 14)
    + forms("shippo_live_ shippo_test_", 20, .hex) + forms("fio-u- tfp_ CFPAT- pat-na1- pat-eu1-", 20)
    + forms("live_pub_ test_pub_ live_ test_", 30, .hex) + forms("key- pubkey-", 32, .hex) + forms("md-", 20, .plain)
    + forms("pk.eyJ sk.eyJ tk.eyJ", 40) + forms("access_token$production$ access_token$sandbox$", 16)
    + forms("access-sandbox- access-development- access-production-", 30, .hex) + forms("sl.", 60)
    + forms("AAAAAAAAAAAAAAAAAAAAAA", 40, .any) + forms("sig_", 24, .plain) + forms("zapi_ zat_ zrt_ zpka_", 20)

  /// The forms by the first byte of their prefix.
  private static let byInitial: [[Form]] = {
    var table = [[Form]](repeating: [], count: 256)
    for form in all { table[Int(form.prefix[0])].append(form) }
    return table
  }()

  /// Which two bytes prefixes begin with, a bit each: most places are told apart by them.
  private static let beginnings: [UInt64] = {
    var bits = [UInt64](repeating: 0, count: 1024)
    for form in all { bits[Int(form.prefix[0]) * 4 + Int(form.prefix[1] >> 6)] |= 1 << UInt64(form.prefix[1] & 63) }
    return bits
  }()

  /// What a look at a place came to.
  enum Look {
    /// A token, and where it ends.
    case token(Int)
    /// None, and how far was looked.
    case nothing(Int)
  }

  /// Signs that only tokens have inside.
  @inline(__always) static func goesOn(_ sign: UInt8) -> Bool {
    sign == 0x7E || sign == 0x2F || sign == 0x2B || sign == 0x40 || sign == 0x24
  }

  /// Whether a token begins at `start`.
  static func look(_ text: Span<UInt8>, _ start: Int) -> Look {
    guard start + 1 < text.count,
      beginnings[Int(text[start]) * 4 + Int(text[start + 1] >> 6)] >> UInt64(text[start + 1] & 63) & 1 == 1
    else { return .nothing(start) }
    var longest = start
    var seen = start
    for form in byInitial[Int(text[start])] where start + form.prefix.count + form.least <= text.count {
      guard text.holds(form.prefix.span, at: start) else { continue }
      let body = start + form.prefix.count
      var end = body
      while end < text.count, belongs(text[end], form.alphabet) { end += 1 }
      seen = max(seen, end)
      // What only ends the sentence, or cuts off the padding.
      while end > body, text[end - 1] == 0x2E || text[end - 1] == 0x2D { end -= 1 }
      guard end - body >= form.least, SecretShape.isMixed(text, body, end) else { continue }
      longest = max(longest, end)
    }
    return longest > start ? .token(longest) : .nothing(seen)
  }

  private static func belongs(_ byte: UInt8, _ alphabet: Alphabet) -> Bool {
    let isPlain = SecretShape.isAlphanumeric(byte)
    switch alphabet {
    case .plain: return isPlain
    case .hex: return hexDigit(byte) < 16 || byte == 0x2D
    case .word: return isPlain || byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x3D
    case .base64: return isPlain || byte == 0x2D || byte == 0x5F || byte == 0x2B || byte == 0x2F || byte == 0x3D
    case .any: return byte > 0x20 && byte != 0x22 && byte != 0x27 && byte != 0x60 && byte != 0x3C && byte != 0x2C
    }
  }
}
