import Decoders
import Model
import Support
import Testing

/// Requests of AWS' load balancers in JSON and tables, and tables of readings as spreadsheets save them.
struct CloudBalancerTests {
  @Test("durations of VPC Lattice are milliseconds")
  func lattice() {
    let batch = decode(
      #"{"serviceNetworkArn":"arn:aws:vpc-lattice:eu-west-1:1:servicenetwork/sn-1","hostHeader":"till.shop","requestMethod":"GET","requestPath":"/stock","requestToTargetDuration":3,"responseCode":503,"duration":250,"startTime":"2026-11-25T02:00:00Z","targetGroupArn":"arn:aws:vpc-lattice:eu-west-1:1:targetgroup/tg-1","targetIpPort":"10.1.0.5:80"}"#
        + "\n")
    #expect(batch.spans.map(\.duration) == [250_000, 250_000])
    #expect(batch.spans.first.map { batch.text($0.service) } == "till.shop")
    #expect(batch.spans.last.map { batch.text($0.peerService) } == "tg-1")
    #expect(batch.spans.first?.start == 1_795_572_000_000_000)
  }

  @Test("the parts of a request's time in a table of Athena are its time")
  func athena() {
    let batch = decode(
      """
      type,time,elb,client_ip,request_processing_time,target_processing_time,response_processing_time,elb_status_code,target_status_code,request_verb,request_url,trace_id,request_creation_time,target_port_list
      https,2026-11-25T02:00:01Z,app/shop/0a1b,10.1.0.9,0.001,0.248,0.001,503,503,GET,https://shop.example:443/stock?x=1,-,2026-11-25T02:00:00Z,10.1.0.5:80
      https,2026-11-25T02:00:01Z,app/shop/0a1b,10.1.0.9,-1,-1,-1,502,-,GET,https://shop.example:443/stock,-,2026-11-25T02:00:00Z,-

      """, member: "m.csv")
    #expect(batch.isBalanced)
    #expect(batch.services == ["shop"])
    #expect(batch.spans.filter { $0.kind == .server }.map(\.duration).first == 250_000)
    #expect(batch.spans.filter { $0.kind == .server }.map(\.httpStatus) == [503, 502])
    #expect(batch.spans.first { $0.kind == .client }?.duration == 248_000)
  }

  @Test("readings with decimal commas, where they cannot be thousands")
  func commas() {
    func values(_ cells: [String]) -> [Double] {
      decode(
        "timestamp;host;metric;value\n"
          + cells.map { "2026-11-25T02:00:00Z;web;load;\($0)\n" }.joined(), member: "m.csv"
      ).metrics.map(\.value)
    }
    #expect(values(["0,75", "1,5", "-2,25"]) == [0.75, 1.5, -2.25])
    // The column tells what `1,250` is.
    #expect(values(["1,250", "0,75", "1,250"]) == [1.25, 0.75, 1.25])
    #expect(values(["1,250,000"]) == [])
  }
}
