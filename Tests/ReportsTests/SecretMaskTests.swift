import Reports
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
  ])
func secretsMasked(text: String, secret: String) {
  let masked = SecretMask.mask(text)
  #expect(!masked.contains(secret))
  #expect(masked.contains("[masked]"))
}

@Test(
  "What is no secret stays as it is",
  arguments: [
    "connection refused: payments-db:5432", "0123456789abcdef0123456789abcdef", "GET /api/v1/token/refresh 200",
    "user:alice logged in", "http://host:8080/path", "the password was wrong", "token expired after 30 s",
    "sha256 3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "a@b.example wrote", "basic auth failed",
    "SpiningService", "shopping: 3 items", "pattern=shape",
  ])
func noSecretStays(text: String) {
  #expect(SecretMask.mask(text) == text)
}
