import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The process of one experiment: started with limits, watched, and ended with everything that it started.
///
/// It is started through `/bin/sh`, which sets the limits and then becomes the program: they hold from its first
/// instruction on, whatever program it is. It leads a process group of its own, has an empty environment, no open file
/// beside the three standard ones, and standard input is a pipe that this process never writes to and that closes when
/// this process is gone, however it went.
struct ChildProcess {
  /// How a process ended.
  enum End {
    case well
    case failed(String)
    /// By a signal that neither it nor its limits raised.
    case killedFromOutside(signal: Int32)
  }

  let id: pid_t
  private let limits: ExperimentLimits
  private let deadline: ContinuousClock.Instant
  /// The most memory that this process had used when it started the child, in kilobytes.
  private let peakBefore: Int

  /// Starts a program; `words` are its path and its arguments.
  init(_ words: [String], limits: ExperimentLimits, lifeline: Int32) throws(ExperimentFailure) {
    self.limits = limits
    deadline = .now + .seconds(limits.wallSeconds)
    var own = rusage()
    getrusage(RUSAGE_SELF.code, &own)
    peakBefore = Int(own.ru_maxrss)
    var argv: [UnsafeMutablePointer<CChar>?] = (["sh", "-c", Self.script(limits), "sh"] + words).map { strdup($0) }
    argv.append(nil)
    defer { for word in argv { free(word) } }
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]

    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
    #else
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, lifeline, STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    #if canImport(Darwin)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
    #else
    for file in Self.inheritableFiles { posix_spawn_file_actions_addclose(&actions, file) }
    #endif
    // Signals that this process ignores or holds back are not its child's affair.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var child: pid_t = 0
    let status = posix_spawn(&child, "/bin/sh", &actions, &attributes, &argv, &environment)
    guard status == 0 else { throw ExperimentFailure("cannot be started: \(String(cString: strerror(status)))") }
    id = child
  }

  /// Sets the limits, none above what this process itself may have, and becomes the program.
  private static func script(_ limits: ExperimentLimits) -> String {
    func least(_ wanted: Int, _ resource: Resource, unit: UInt64) -> UInt64 {
      var limit = rlimit()
      let mayHave = getrlimit(resource.code, &limit) == 0 ? UInt64(limit.rlim_max) / unit : .max
      return min(UInt64(max(1, wanted)), mayHave)
    }
    let cpu = least(limits.cpuSeconds, RLIMIT_CPU, unit: 1)
    // Past the soft limit comes SIGXCPU, which says what it was; past the hard one SIGKILL, which cannot be caught.
    let hardCPU = least(limits.cpuSeconds + 2, RLIMIT_CPU, unit: 1)
    var parts = [
      "ulimit -c 0", "ulimit -n \(least(limits.openFiles, RLIMIT_NOFILE, unit: 1))",
      "ulimit -f \(least(limits.outputMegabytes * 2048, RLIMIT_FSIZE, unit: 512))", "ulimit -S -t \(cpu)",
      "ulimit -H -t \(hardCPU)",
    ]
    #if os(Linux)
    parts.append("ulimit -v \(least(limits.memoryMegabytes * 1024, RLIMIT_AS, unit: 1024))")
    #endif
    return parts.joined(separator: " && ") + #" && exec "$@""#
  }

  #if canImport(Glibc)
  private typealias Resource = __rlimit_resource

  /// Files of this process, beyond the standard ones, that a child would find open.
  private static var inheritableFiles: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.filter { $0 > STDERR_FILENO && fcntl($0, F_GETFD) & FD_CLOEXEC == 0 }
  }
  #else
  private typealias Resource = Int32
  #endif

  /// Nil while the process runs; a process that has run too long is ended here.
  func poll() -> End? {
    let isLate = ContinuousClock.now > deadline
    if !isLate {
      // Looked at and left where it is: as long as it is not collected, its number and its group's belong to no other.
      var info = siginfo_t()
      let status = waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT)
      guard status != 0 || info.si_signo != 0 else { return nil }
      if status != 0, errno == EINTR { return nil }
    }
    let (ended, status, usage) = collect()
    if isLate { return .failed("took longer than \(limits.wallSeconds) s") }
    return ended ? end(status, usage) : .failed("its end was lost")
  }

  /// Ends the process and waits for it.
  func stop() { _ = collect() }

  /// Ends the process and all that it started, and takes the account of it.
  private func collect() -> (ended: Bool, status: Int32, usage: rusage) {
    var status: Int32 = 0
    var usage = rusage()
    kill(-id, SIGKILL)
    while wait4(id, &status, 0, &usage) < 0 { guard errno == EINTR else { return (false, status, usage) } }
    return (true, status, usage)
  }

  private func end(_ status: Int32, _ usage: rusage) -> End {
    let code = (status >> 8) & 0xff
    var signal = status & 0x7f
    if signal == 0, code == 0 { return .well }
    let isDirect = signal != 0
    // A shell says so when what it ran was ended by a signal.
    if signal == 0, code > 128, code < 160 { signal = code - 128 }
    let seconds = Int(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    if signal == SIGXCPU || (signal == SIGKILL && seconds >= limits.cpuSeconds) {
      return .failed("used more than \(limits.cpuSeconds) s of processor time")
    }
    if signal == SIGXFSZ { return .failed("wrote more than \(limits.outputMegabytes) MB") }
    if isDirect, [SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT].contains(signal) {
      return .killedFromOutside(signal: signal)
    }
    let ending = signal != 0 ? "ended by signal \(signal)" : "ended with code \(code)"
    return .failed(isAtMemoryLimit(usage) ? "\(ending), at its limit of \(limits.memoryMegabytes) MB" : ending)
  }

  /// Whether memory was probably what it died of: more than half of what it may address was in use.
  ///
  /// The system counts a child's peak from that of the process that started it: only a higher one is the child's own.
  private func isAtMemoryLimit(_ usage: rusage) -> Bool {
    #if canImport(Glibc)
    let half = limits.memoryMegabytes * 1024 / 2
    return usage.ru_maxrss > half && usage.ru_maxrss > peakBefore
    #else
    return false
    #endif
  }
}

#if canImport(Glibc)
extension __rlimit_resource { fileprivate var code: __rlimit_resource_t { __rlimit_resource_t(rawValue) } }
extension __rusage_who { fileprivate var code: __rusage_who_t { __rusage_who_t(rawValue) } }
#else
extension Int32 { fileprivate var code: Int32 { self } }
#endif
