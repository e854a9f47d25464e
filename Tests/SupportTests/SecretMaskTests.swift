import Support
import Testing

@Test(
  "Secrets are blanked, whatever form they take",
  arguments: [
    ("password=hunter2!", "hunter2"), ("Password: hunter2", "hunter2"), (#"{"password":"hunter2 x"}"#, "hunter2"),
    (#"{\"api_key\": \"abc123\"}"#, "abc123"), ("db_password=hunter2&x=1", "hunter2"),
    ("PGPASSWORD=hunter2", "hunter2"),
    ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "wJalr"), ("key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSF"),
    ("postgres://app:s3cr3t@db:5432/x", "s3cr3t"), ("https://tok3nvalue@host/x", "tok3nvalue"),
    ("amqp://user:p@ss@broker", "p@ss"), ("Authorization: Bearer abc.def-ghi", "abc.def"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpw"), ("sent Bearer abcdefgh12345678 to x", "abcdefgh"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", "c2lnbmF0"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz", "b3BlbnNz"),
    ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_01"), ("github_pat_11ABCDEFG0123456789abcdefgh", "11ABC"),
    ("glpat-abcdefghij0123456789", "abcdefghij"), ("xoxb-1234567890-abcdef", "1234567890"),
    ("sk_live_0123456789abcdef", "0123456789abcdef"), ("AIzaSyA0123456789abcdefghijklmnopqrstuv", "AIzaSyA"),
    ("https://s3/x?X-Amz-Signature=0a1b2c3d4e5f&y=1", "0a1b2c3d"), ("Cookie: session=abc; id=9", "abc"),
    ("Set-Cookie: sid=31d4d96e407aad42; Path=/", "31d4d96e"), ("client_secret = 'q1w2e3'", "q1w2e3"),
    ("accessToken=>q1w2e3r4", "q1w2e3r4"), ("x-api-key: q1w2e3r4", "q1w2e3r4"),
    ("postgres://svc:pW/hunter2S@db:5432/x", "hunter2S"), ("mysql://svc:pW#hunter2S@db/x", "hunter2S"),
    ("mytool --password hunter2S -v", "hunter2S"), ("the password is hunter2S", "hunter2S"),
    ("password was changed to hunter2S", "hunter2S"), ("curl -u admin:hunter2S https://x", "hunter2S"),
    ("mysql -uroot -phunter2S shop", "hunter2S"), ("<password>hunter2S</password>", "hunter2S"),
    (#"{"key":"db.password","value":{"stringValue":"hunter2S"}}"#, "hunter2S"),
    ("DB_PASSWORD_PROD=hunter2S", "hunter2S"),
    ("AWS Secret Access Key: wJalrXUtnFEMI7", "wJalrXUtnFEMI7"),
    ("cloudflare_global=0123456789abcdef0123456789abcdef01234", "456789abc"),
    ("charged 4111 1111 1111 1111 today", "4111 1111"), ("paid to DE89370400440532013000", "370400440532013000"),
    ("https://hooks.slack.com/services/T0A/B0B/abcdefghij0123456789abcd", "abcdefghij0123456789"),
    ("token=Token{a64f992 and nothing closes it", "a64f992"), ("token=tail{a64f992 x}", "a64f992"),
    ("password=Token{a64f992 x}", "a64f992"), ("pass=Secret@a64f992", "a64f992"),
    ("token=Token{a64f992a64f992 x}", "a64f992a64f992"),
    ("machine h login a password hunter2S", "hunter2S"), ("login failed for 'a', password 'hunter2S'", "hunter2S"),
  ])
func secretsMasked(text: String, secret: String) {
  let masked = SecretMask().mask(text)
  #expect(!masked.contains(secret))
  #expect(masked.contains("[masked:"))
}

@Test(
  "What is no secret stays as it is",
  arguments: [
    "connection refused: payments-db:5432", "0123456789abcdef0123456789abcdef", "GET /api/v1/token/refresh 200",
    "user:alice logged in", "http://host:8080/path", "the password was wrong", "token expired after 30 s",
    "sha256 3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "a@b.example wrote", "basic auth failed",
    "SpiningService", "shopping: 3 items", "pattern=shape", "password is incorrect", "password must be at least 8 long",
    "order 4111111111111112 shipped", "PublicKeyToken=b03f5f7f11d50a3a", "PWD=/home/user", "max_tokens=4096",
    "ssh://git@host/r.git",
    "primary key: 8f4dbe6d-9066-4d0e-99d0-267092837d72", "password=${DB_PASSWORD}", "password=<*>", "token_type=Bearer",
    "Skipping AppWindowToken{33f4bce token=Token{a64f992 ActivityRecord{de9231d u0 t761}}} -- going to hide",
    "token: Token{a64f992}", "Bad activity token: android.os.BinderProxy@2bd79ce",
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "password=[masked:1a2b]",
  ])
func noSecretStays(text: String) {
  #expect(SecretMask().mask(text) == text)
}

@Test(
  "A secret is masked to its end, however long it is",
  arguments: ["password=", "api_key: ", "Authorization: Bearer ", "Cookie: sid=", #"{"password":""#])
func longSecretsMasked(name: String) {
  let secret = String(repeating: "q1w2e3r4", count: 1000)
  let masked = SecretMask().mask("user a " + name + secret + "\" z")
  #expect(!masked.contains("q1w2e3r4") && masked.hasPrefix("user a "), "\(masked.prefix(200))")
}

@Test("The same secret gives the same mark, another one another, and a mark is not masked again")
func marksKeepIdentity() {
  let mask = SecretMask()
  let first = mask.mask("password=hunter2S")
  #expect(first == mask.mask("password=hunter2S"))
  #expect(first != mask.mask("password=hunter3S"))
  #expect(mask.mask(first) == first)
}

@Test("Settings add keys and patterns, allow values, and can take addresses of mail")
func settingsOfSecrets() throws {
  var settings = SecretSettings()
  settings.keys = ["badge-no"]
  settings.patterns = [try #require(BoundedPattern("EMP-[0-9]+"))]
  settings.allow = [try #require(BoundedPattern("letmein"))]
  settings.emails = true
  let mask = SecretMask(settings)
  #expect(!mask.mask("badgeNo=4711").contains("4711"))
  #expect(!mask.mask("seen EMP-123 here").contains("123"))
  #expect(mask.mask("password=letmein") == "password=letmein")
  #expect(!mask.mask("from a.b@example.org").contains("example.org"))
  #expect(SecretMask().mask("from a.b@example.org").contains("example.org"))
  settings.isOn = false
  #expect(SecretMask(settings).mask("password=hunter2S") == "password=hunter2S")
}

@Test("An attribute's key tells that its value is a secret")
func valuesOfKeys() {
  #expect(!SecretMask().mask("hunter", key: "db.password").contains("hunter"))
  #expect(SecretMask().mask("checkout", key: "service.name") == "checkout")
}

@Test("The masked form of a log message loses what a secret leaves in it, and nothing else")
func formsLoseSecrets() {
  func form(_ text: String) -> String? {
    SecretMask().maskedForm(text.utf8Span.span).map { String(decoding: $0, as: UTF8.self) }
  }
  #expect(form("using xoxb-<*>-AbCd for all") == "using <*> for all")
  #expect(form("password=hunter") == "password=<*>")
  #expect(form("password=<*> took <*> ms") == nil)
  #expect(form("Skipping token=Token{<*> ActivityRecord{<*>}}") == nil)
  #expect(form("Bad token: android.os.BinderProxy@<*>") == nil)
  #expect(form("token=Token{<*> unclosed") == "token=<*> unclosed")
  #expect(form("request <*> took <*> ms") == nil)
}
