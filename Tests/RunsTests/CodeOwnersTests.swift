// CODEOWNERS files by the rules that GitHub and GitLab document.

import Runs
import Testing

struct CodeOwnersTests {
  private let owners = CodeOwners(
    """
    # everything else
    *       @all
    *.js    @js-team # the front end
    /build/logs/ @ops
    docs/*  docs@example.com
    apps/   @apps
    /services/payments/ @team-pay @lead
    **/snapshots @shots
    \\#odd\\ name.txt @odd
    /services/payments/vendored.go
    [Databases] @dba
    /db/**/migrations/
    """)

  @Test(
    "the last rule that fits names the owners",
    arguments: [
      ("README.md", "@all"), ("a/b/c.js", "@js-team"), ("build/logs/x/y.txt", "@ops"), ("old/build/logs/x", "@all"),
      ("docs/guide.md", "docs@example.com"), ("docs/a/guide.md", "@all"), ("x/apps/y/z.py", "@apps"),
      ("services/payments/pay_test.go", "@team-pay @lead"), ("a/snapshots/b.png", "@shots"), ("#odd name.txt", "@odd"),
      ("services/payments/vendored.go", nil), ("db/users/v2/migrations/1.sql", "@dba"),
      // A path of the machine that ran it.
      ("/home/runner/work/shop/shop/services/payments/pay_test.go", "@team-pay @lead"),
    ] as [(String, String?)])
  func files(_ path: String, _ owner: String?) {
    #expect(owners.owner(ofFile: path) == owner)
  }

  @Test("a component is owned with the folder that is called like it, and by nobody else")
  func components() {
    #expect(owners.owner(ofComponent: "Payments") == "@team-pay @lead")
    #expect(owners.owner(ofComponent: "js") == nil && owners.owner(ofComponent: "*") == nil)
    #expect(CodeOwners("").owner(ofFile: "a") == nil && CodeOwners("   \n#x").isEmpty)
  }

  @Test("patterns that would take for ever do not")
  func hostile() {
    let pattern = String(repeating: "*a", count: 200) + "b @x"
    #expect(CodeOwners(pattern).owner(ofFile: String(repeating: "a", count: 4000)) == nil)
    let deep = String(repeating: "**/", count: 300) + "z @x"
    #expect(CodeOwners(deep).owner(ofFile: String(repeating: "a/", count: 300)) == nil)
  }
}
