// Names whose value is a secret.

/// What a name says of the value behind it.
enum SecretKey: UInt8, Sendable {
  /// Whatever stands there is a secret: `password`, `client_secret`.
  case certain = 1
  /// A header whose value goes to the end of its line: `Authorization`, `Cookie`.
  case header
  /// A number of a few digits: `pin`, `otp`, `cvv`.
  case digits
  /// A secret where it looks like one: `token`, `api_key`.
  case likely
  /// A secret where it is long: `session`, a vendor's name.
  case possible

  /// Letters of either case and digits in small letters; nil for what stands between words.
  @inline(__always) static func normalized(_ byte: UInt8) -> UInt8? {
    if byte &- 0x41 < 26 { return byte | 0x20 }
    return SecretShape.isAlphanumeric(byte) || byte >= 0x80 ? byte : nil
  }

  /// What the name in `start..<end` says; nil where it names no secret. The name may be of several words.
  static func kind(of text: Span<UInt8>, _ start: Int, _ end: Int, own: [UInt64]) -> SecretKey? {
    guard end - start >= 2 else { return nil }
    let names = SecretNames.shared
    let stop = names.withoutEndings(text, start, end)
    var found: SecretKey?
    var hash = WordTable.seed
    var count = 0
    var i = stop
    while i > start, count < SecretNames.longest {
      i -= 1
      guard let byte = normalized(text[i]) else { continue }
      hash = WordTable.step(hash, byte)
      count += 1
      guard let entry = names.endings.find(hash) else {
        if !own.isEmpty, own.contains(hash) { return .certain }
        continue
      }
      if entry == SecretNames.harmlessName { return nil }
      let kind = SecretKey(rawValue: entry & 7)
      let begins = isWordStart(text, i, start)
      if entry & SecretNames.ownWord != 0, !begins { continue }
      if entry & SecretNames.qualified != 0, !names.isQualified(text, start, i) { continue }
      if let kind, kind.rawValue < found?.rawValue ?? .max { found = kind }
    }
    return found
  }

  /// Whether a vendor's name is among a name's words, and its last word does not speak of something harmless.
  static func namesVendor(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    SecretNames.shared.namesVendor(text, start, end)
  }

  /// A setting's key as names are compared with it.
  static func hash(_ key: String) -> UInt64 {
    key.utf8.reversed().reduce(WordTable.seed) { hash, byte in normalized(byte).map { WordTable.step(hash, $0) } ?? hash
    }
  }

  /// Whether a word of a name begins at `i`: behind a sign, or where small letters turn to capitals.
  @inline(__always) static func isWordStart(_ text: Span<UInt8>, _ i: Int, _ start: Int) -> Bool {
    guard i > start else { return true }
    let before = text[i - 1]
    if normalized(before) == nil { return true }
    return text[i] &- 0x41 < 26 && before &- 0x41 >= 26
  }
}

/// The names that the engine knows, by the hash of their letters read backwards.
struct SecretNames: Sendable {
  static let shared = SecretNames()
  /// Letters of a name's end that are read.
  static let longest = 24
  /// Must be the name's last word, its first letter behind a sign or a change of case.
  static let ownWord: UInt8 = 8
  /// The word before must be one that makes it a secret's: a primary key, a cache key is none.
  static let qualified: UInt8 = 32
  /// Names no secret, though its end would.
  static let harmlessName: UInt8 = 64

  let endings: WordTable
  private let tails: WordTable
  private let qualifiers: WordTable
  private let vendors: WordTable
  private let harmless: WordTable
  private let halves = WordTable("client access app application account")

  private init() {
    var endings = WordTable(capacity: 1_024)
    endings.add("authorization proxyauthorization cookie setcookie", SecretKey.header.rawValue | Self.ownWord)
    endings.add(
      "secret password passwd passphrase passcode passwort pwd pswd secretkey secretaccesskey privatekey userpass dbpass "
        + "ftppass mysqlpass encryptionkey masterkey accountkey sharedaccesskey secretkeybase",
      SecretKey.certain.rawValue)
    endings.add(
      "token apikey accesskey authkey signingkey storagekey licensekey servicekey applicationkey webhookkey deploykey "
        + "consumerkey subscriptionkey integrationkey insertkey ingestkey publishablekey sessionkey cryptokey securitykey "
        + "decryptionkey symmetrickey sharedkey credential credentials apipass authpass bearer signature accesscode authcode "
        + "authorizationcode verificationcode authcookie secretid", SecretKey.likely.rawValue)
    endings.add(
      "creds jwt pat sigv4 xsrf csrf pass auth apitoken pw sig salt totp mnemonic appkey hmackey sshkey clientkey "
        + "functionkey adminkey writekey userkey serverkey jwtkey rootkey encryptkey",
      SecretKey.likely.rawValue | Self.ownWord)
    endings.add("key", SecretKey.likely.rawValue | Self.ownWord | Self.qualified)
    endings.add("sessionid jsessionid phpsessid accountsid session", SecretKey.possible.rawValue)
    endings.add("sid dsn", SecretKey.possible.rawValue | Self.ownWord)
    endings.add("publickeytoken publickey keyid tokenid", Self.harmlessName)
    endings.add("pin otp cvv cvc cvv2 mfacode smscode", SecretKey.digits.rawValue | Self.ownWord)
    self.endings = endings
    tails = WordTable(
      "prod production dev development test testing staging stage qa old new current default value base64 b64 plain text "
        + "plaintext env var raw prd stg live sandbox local main primary secondary backup hex string str field param")
    qualifiers = WordTable(
      "api access secret private auth encryption encrypt signing sign account storage license master service app "
        + "application webhook shared ssh deploy client consumer subscription function functions admin hmac jwt crypto root "
        + "write ingest integration insert server security session global aws azure gcp user rsa aes tls")
    vendors = WordTable(
      "adafruit adobe airtable algolia alibaba aliyun asana atlassian confluence jira beamer bitbucket bittrex cloudflare "
        + "codecov cohere coinbase confluent contentful datadog discord droneci drone dropbox etsy facebook fastly finicity "
        + "finnhub flickr freshbooks github gitlab gitter gocardless heroku hubspot intercom jfrog artifactory kraken kucoin "
        + "launchdarkly linear linkedin lob mailchimp mailgun mapbox mattermost meraki messagebird netlify newrelic nytimes "
        + "okta openai plaid privateai rapidapi sendbird sendgrid sentry snyk sonar sonarqube sourcegraph squarespace "
        + "sumo sumologic telegram travis twilio twitch twitter typeform yandex zendesk dnkey sidekiq contribsys looker "
        + "pagerduty opsgenie circleci pusher segment amplitude mixpanel braintree paypal adyen softlayer ibmcloud cloudant "
        + "azure binance shodan virustotal infura alchemy etherscan mistral deepseek stripe slack")
    harmless = WordTable(
      "sha commit revision trace traceid span spanid event eventid request requestid build version url uri host hash digest "
        + "checksum name path image region topic type count length size age expiry expires ttl status state code field "
        + "policy file dir header prefix format error message group user username email id ids org project env endpoint "
        + "channel queue pod node cluster zone time date at")
  }

  /// Where a name ends without the words that it may have behind: `DB_PASSWORD_PROD_2` is still a password.
  func withoutEndings(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var end = end
    for _ in 0..<3 {
      let word = lastWord(text, start, end)
      guard word.start > start, word.isNumber || tails.find(word.hash) != nil else { break }
      end = word.start
    }
    return end
  }

  func isQualified(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end > start else { return false }
    let word = lastWord(text, start, end)
    return qualifiers.find(word.hash) != nil || vendors.find(word.hash) != nil
  }

  func namesVendor(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var end = end
    var isLast = true
    var previous: (start: Int, hash: UInt64)?
    while end > start {
      let word = lastWord(text, start, end)
      if isLast, harmless.find(word.hash) != nil, !isClientID(text, start, word.start, word.hash) { return false }
      if vendors.find(word.hash) != nil { return true }
      // `new_relic`, `linked-in`: the letters of the next word come first, as names are read backwards.
      if let previous, vendors.find(joined(text, word.start, end, previous.hash)) != nil { return true }
      previous = (word.start, word.hash)
      isLast = false
      end = word.start
    }
    return false
  }

  /// `client_id`, `access_id`: half of a pair of credentials.
  private func isClientID(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ hash: UInt64) -> Bool {
    hash == Self.id && end > start && halves.find(lastWord(text, start, end).hash) != nil
  }

  private static let id = SecretKey.hash("id")

  private func joined(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ hash: UInt64) -> UInt64 {
    var hash = hash
    var i = end
    while i > start {
      i -= 1
      if let byte = SecretKey.normalized(text[i]) { hash = WordTable.step(hash, byte) }
    }
    return hash
  }

  /// The last word before `end`.
  private func lastWord(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (start: Int, hash: UInt64, isNumber: Bool) {
    var i = end
    while i > start, SecretKey.normalized(text[i - 1]) == nil { i -= 1 }
    var hash = WordTable.seed
    var isNumber = i > start
    while i > start {
      i -= 1
      guard let byte = SecretKey.normalized(text[i]) else { return (i + 1, hash, isNumber) }
      hash = WordTable.step(hash, byte)
      if byte &- 0x30 > 9 { isNumber = false }
      if SecretKey.isWordStart(text, i, start) { break }
    }
    return (i, hash, isNumber)
  }
}
