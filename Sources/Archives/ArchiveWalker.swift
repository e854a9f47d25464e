// The room Archives: members out of archives, one after another, as a stream of checked bytes.
// It never writes what it unpacks, follows a link, or trusts a size that an archive declares.

internal import Model
internal import Glibc

/// Reads inputs: takes off compressions, opens archives, archives inside archives, and hands every member to a sink.
///
/// What a member is, its first bytes decide, never its name. All checksums are checked, nothing is written to disk,
/// nothing is trusted: damage, limits and whatever is passed over come back as diagnostics, and what can be read before
/// and behind damage reaches the sink.
package struct ArchiveWalker: Sendable {
  private let limits: ArchiveLimits
  private let budget: RunBudget
  /// Who is told how many more stored bytes were read.
  package var onRead: (@Sendable (Int) -> Void)?

  /// A walker with the given limits. The budget is shared by the walkers of a run.
  package init(limits: ArchiveLimits = ArchiveLimits(), budget: RunBudget = RunBudget()) {
    self.limits = limits
    self.budget = budget
  }

  /// Walks over one input. Never throws: what cannot be read is in the summary's diagnostics.
  package func walk(_ source: InputSource, into sink: any MemberSink) -> WalkSummary {
    let context = WalkContext(input: source.name, limits: limits, budget: budget)
    context.onRead = onRead
    let input: StoredInput
    do {
      input = try StoredInput(source, context: context)
    } catch {
      context.report("unreadableInput", .error, error.message)
      return WalkSummary(diagnostics: context.finish())
    }
    let locale = TextLocale()
    var walk = MemberWalk(context: context, sink: sink)
    walk.run(input)
    _ = consume locale
    let digest = input.finishDigest()
    return WalkSummary(
      sha256: digest, bytes: context.stored, members: walk.members, diagnostics: context.finish())
  }
}

/// The walk over the members of one input: a stack of open archives, as deep as the limit allows.
private struct MemberWalk {
  let context: WalkContext
  let sink: any MemberSink
  private(set) var members = 0
  private var frames: [Frame] = []
  private var emptyMembers = 0
  private var firstEmpty = ""

  /// An open archive and the trail of the bytes that it is read from.
  private struct Frame {
    let container: any Container
    let trail: MemberPath
  }

  init(context: WalkContext, sink: any MemberSink) {
    self.context = context
    self.sink = sink
  }

  mutating func run(_ input: StoredInput) {
    open(input, size: context.storedSize, stored: input.isSeekable ? input : nil, on: MemberPath(context, member: ""))
    while let frame = frames.last {
      guard let entry = frame.container.nextEntry() else {
        close(frame)
        continue
      }
      let path = frame.trail.member.isEmpty ? entry.name : frame.trail.member + "!" + entry.name
      let trail = MemberPath(context, member: path, modified: entry.modified ?? frame.trail.modified)
      open(frame.container.data(on: trail), size: entry.size, stored: nil, on: trail)
    }
    if emptyMembers > 0 {
      context.report(
        "emptyMember", .note, member: emptyMembers == 1 ? firstEmpty : "",
        "members without a byte in them, the first of them \(firstEmpty)", count: emptyMembers)
    }
  }

  private mutating func close(_ frame: Frame) {
    frames.removeLast()
    if frame.container.entries == 0, !frame.trail.isDamaged, !context.isStopped {
      frame.trail.note("emptyArchive", "the archive has no members")
    }
  }

  /// Takes the filters off a member and opens it if it is an archive, else hands it to the sink.
  private mutating func open(_ source: any ByteStream, size: Int?, stored: StoredInput?, on trail: MemberPath) {
    var stream = PeekedStream(source)
    var size = size
    var filters = 0
    while true {
      switch Signature(stream.head, isAll: stream.headIsAll) {
      case .filter(let filter):
        guard filters < context.limits.depth else {
          return trail.limit(
            ArchiveLimits.Name.depth, offset: nil, "more than \(context.limits.depth) compressions around one another")
        }
        if filters == 0 { checkName(contentIs: filter.extensions, on: trail) }
        filters += 1
        stream = PeekedStream(filter.decode(stream, on: trail))
        size = nil
      case .container(let format):
        guard frames.count < context.limits.depth else {
          return trail.limit(
            ArchiveLimits.Name.depth, offset: nil, "more than \(context.limits.depth) archives inside one another")
        }
        if filters == 0 { checkName(contentIs: format.extensions, on: trail) }
        return push(format, stream, stored: filters == 0 ? stored : nil, on: trail)
      case .plain where stream.beginsWithZeros:
        let rest = ZerosSkipped(stream)
        stream = PeekedStream(rest)
        if stream.head.isEmpty {
          if trail.isDamaged { return }
          return trail.note("emptyArchive", "nothing but \(rest.skipped) zeros: an empty tar, or a hole")
        }
        trail.note("leadingZeros", offset: 0, "\(rest.skipped) zeros before the first other byte are passed over")
        size = nil
      case .plain:
        if filters == 0 { checkName(contentIs: nil, on: trail) }
        return deliver(stream, size: size, on: trail)
      }
    }
  }

  /// Says so where a name promises another kind of archive than the content is.
  private func checkName(contentIs extensions: [String]?, on trail: MemberPath) {
    let name = trail.member.isEmpty ? context.input : trail.member
    guard let promised = ArchiveName.archiveExtension(of: name), extensions?.contains(promised) != true else { return }
    if extensions == nil {
      trail.warn("misleadingName", "the name says .\(promised), but the content is no archive: it is read as it is")
    } else {
      trail.note("misleadingName", "the name says .\(promised), but the content is something else: the content decides")
    }
  }

  private mutating func push(
    _ format: ContainerFormat, _ stream: PeekedStream, stored: StoredInput?, on trail: MemberPath
  ) {
    switch format {
    case .tar: frames.append(Frame(container: TarArchive(stream, on: trail), trail: trail))
    case .zip, .sevenZip:
      if let stored { return push(format, stored, on: trail) }
      let held = InMemoryArchive(context: context)
      guard held.fill(from: stream) else {
        return trail.limit(
          ArchiveLimits.Name.nestedMemory, offset: held.size,
          "a \(format.name) archive that is not a file of its own has to be held in memory and is too large for that")
      }
      push(format, held, on: trail)
    }
  }

  private mutating func push(_ format: ContainerFormat, _ bytes: any RandomAccess, on trail: MemberPath) {
    let isZip = format == .zip && !ZipArchive.needsLibarchive(bytes)
    let container: any Container =
      isZip ? ZipArchive(bytes, on: trail) : IndexedArchive(format, bytes, on: trail)
    frames.append(Frame(container: container, trail: trail))
  }

  private mutating func deliver(_ stream: PeekedStream, size: Int?, on trail: MemberPath) {
    trail.allowsGaps = true
    var chunk = stream.next()
    if chunk.isEmpty {
      guard !trail.isDamaged else { return }
      if trail.member.isEmpty {
        trail.note("emptyInput", "the input is empty")
      } else {
        if emptyMembers == 0 { firstEmpty = trail.member }
        emptyMembers += 1
      }
      return
    }
    members += 1
    var header = MemberHeader(input: context.input, path: trail.member, declaredSize: size)
    header.modified = trail.modified
    sink.beginMember(header)
    while !chunk.isEmpty {
      sink.memberBytes(BorrowedBytes(chunk, of: stream.lender))
      chunk = stream.next()
    }
    sink.endMember(complete: !trail.isDamaged && !context.isStopped)
  }
}

/// Names in archives are read as UTF-8 while this is held, whatever the locale of the process: in this thread only.
@safe private struct TextLocale: ~Copyable {
  private let previous: locale_t?
  private let own: locale_t?

  init() {
    unsafe own = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
    unsafe previous = own.flatMap { unsafe uselocale($0) }
  }

  deinit {
    if let own = unsafe own {
      unsafe uselocale(previous)
      unsafe freelocale(own)
    }
  }
}
