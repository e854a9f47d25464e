import Decoders
import Model
import Testing

@Test(
  "a server's file for one of its sites is called by the site",
  arguments: [
    ("www.foo-shop.com-access.log", "www.foo-shop.com"), ("ssl_access.blog.bar.org.log.1.gz", "blog.bar.org"),
    ("shop.example_access_log", "shop.example"), ("orders.access.log", "orders"), ("access.log.1", "nginx"),
    ("shop.prod.log", "shop"),
  ])
func siteNames(file: String, name: String) {
  let line = #"10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8""# + "\n"
  let batch = decode(line + line, member: "logs/" + file)
  let component = batch.spans.first.map { batch.text($0.service) }
  #expect(component == name || name == "nginx" && component != nil)
}
