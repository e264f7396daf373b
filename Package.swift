// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grpcCore = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcProtobuf = Target.Dependency.product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let grpcTransport = Target.Dependency.product(
  name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "traind",
  products: [
    .executable(name: "traind", targets: ["traind"]),
    .executable(name: "traind-runner", targets: ["traind-runner"]),
    .executable(name: "trainctl", targets: ["trainctl"]),
  ],
  // Package.resolved is not kept, so every version is exact.
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    // What those bring in; no target names it.
    .package(url: "https://github.com/apple/swift-algorithms", exact: "1.2.1"),
    .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
    .package(url: "https://github.com/apple/swift-atomics", exact: "1.3.0"),
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", exact: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-structured-headers", exact: "1.7.0"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-transport-services", exact: "1.28.0"),
    .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
    .package(url: "https://github.com/apple/swift-service-context", exact: "1.5.1"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
  ],
  targets: [
    // The cellar: what every room needs and none is about. JSON, hex, CRC, semaphores; no Glibc.
    .target(name: "TrainBase", dependencies: ["CDigests"], swiftSettings: strict),
    // Files as Linux has them: paths are bytes, one table of errors.
    .target(name: "TrainFiles", dependencies: ["TrainBase"], swiftSettings: strict),
    .target(name: "TrainCore", dependencies: ["CDigests", "TrainBase"], swiftSettings: strict),
    // What a processor can do for digests: carry-less multiplication, several MD5s at once.
    .target(name: "CDigests"),
    // Lets debug builds die at any boundary; nothing in release builds.
    .target(name: "TrainCrash", dependencies: ["TrainBase", "TrainCore", "TrainFiles"], swiftSettings: strict),
    .target(name: "TrainConfig", dependencies: ["TrainBase", "TrainCore", "TrainFiles", yams], swiftSettings: strict),
    .target(name: "TrainStore", dependencies: ["TrainBase", "TrainCore", "TrainFiles", grdb], swiftSettings: strict),
    .target(
      name: "TrainEngine", dependencies: ["TrainBase", "TrainCore", "TrainFiles", crypto, deque, heap, logging],
      swiftSettings: strict),
    .target(
      name: "TrainTransport",
      dependencies: [
        "TrainBase", "TrainCore", "TrainFiles", asyncHTTPClient, crypto, grpcCore, grpcProtobuf, grpcTransport, logging,
        nioCore, nioHTTP1,
        nioPosix, nioSSL,
      ],
      swiftSettings: strict),
    // What traind-runner is made of, and the messages it speaks.
    .target(
      name: "TrainRunner", dependencies: ["CProcess", "TrainBase", "TrainCore", "TrainFiles"], swiftSettings: strict),
    // What Linux offers around processes and Swift cannot call: fork, prctl, pidfds, OFD locks.
    .target(name: "CProcess"),
    // What the provider and the registry of Viam share: login, services, an archive's address.
    .target(
      name: "TrainViam",
      dependencies: [
        "TrainBase", "TrainCore", "TrainFiles", "TrainTransport", "ViamAPI", grpcCore, nioHTTP1, protobuf,
      ], swiftSettings: strict),
    .target(
      name: "TrainProviders",
      dependencies: [
        "TrainBase", "TrainCore", "TrainFiles", "TrainRunner", "TrainTransport", "TrainViam", "ViamAPI",
        asyncHTTPClient, grpcCore, grpcProtobuf,
        nioCore,
        nioHTTP1, nioPosix, protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "TrainRegistries",
      dependencies: [
        "CDigests", "TrainBase", "TrainCore", "TrainFiles", "TrainTransport", "TrainViam", "ViamAPI", asyncHTTPClient,
        crypto, grpcCore, nioCore,
        nioHTTP1, nioPosix, protobuf,
      ],
      swiftSettings: strict),
    // Signatures over artifacts: made by the daemon, checked by anybody.
    .target(
      name: "TrainSigning", dependencies: ["TrainBase", "TrainCore", "TrainFiles", crypto], swiftSettings: strict),
    .target(name: "TrainControl", dependencies: ["TrainBase", "TrainCore", "TrainFiles"], swiftSettings: strict),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    // Generated; see Sources/ViamAPI/Protos/README.md.
    .target(name: "ViamAPI", dependencies: [grpcCore, grpcProtobuf, protobuf], exclude: ["Protos"]),
    .target(
      name: "TrainDaemon",
      dependencies: [
        "CSystemd", "TrainConfig", "TrainControl", "TrainBase", "TrainCore", "TrainFiles", "TrainCrash", "TrainEngine",
        "TrainProviders",
        "TrainRegistries", "TrainSigning", "TrainStore", "TrainTransport", argumentParser, crypto, httpTypes,
        hummingbirdCore, lifecycle, logging, nioCore, nioPosix, unixSignals,
      ],
      swiftSettings: strict),
    .executableTarget(name: "traind", dependencies: ["TrainDaemon", argumentParser], swiftSettings: strict),
    .executableTarget(
      name: "traind-runner",
      dependencies: ["TrainBase", "TrainCore", "TrainFiles", "TrainCrash", "TrainRunner", argumentParser],
      swiftSettings: strict),
    .executableTarget(
      name: "trainctl",
      dependencies: [
        "TrainConfig", "TrainControl", "TrainBase", "TrainCore", "TrainFiles", "TrainSigning", argumentParser, crypto,
      ],
      swiftSettings: strict),

    // Measures; see Tests/bench/run.
    .executableTarget(
      name: "traind-bench",
      dependencies: [
        "TrainBase", "TrainCore", "TrainFiles", "TrainDaemon", "TrainEngine", "TrainRegistries", "TrainStore",
        "TrainTransport", crypto, logging,
      ],
      path: "Tests/bench/harness", swiftSettings: strict),
    // Viam and Synapse as a process, for tests of the real programs.
    .executableTarget(
      name: "traind-farside",
      dependencies: [
        "TrainBase", "TrainCore", "TrainFiles", "TrainDaemon", "TrainTestKit", "ViamAPI", crypto, nioCore,
      ],
      path: "Tests/farside", swiftSettings: strict),
    .target(
      name: "TrainTestKit",
      dependencies: [
        "TrainControl", "TrainBase", "TrainCore", "TrainFiles", "TrainTransport", "ViamAPI", crypto, grpcCore,
        grpcTransport, heap, hummingbird,
        httpTypes, nioCore, nioHTTP1, nioPosix, protobuf, logging,
      ],
      path: "Tests/TrainTestKit", swiftSettings: strict),
    .testTarget(name: "TrainBaseTests", dependencies: ["TrainBase", "TrainTestKit"], swiftSettings: strict),
    .testTarget(
      name: "TrainFilesTests", dependencies: ["TrainBase", "TrainFiles", "TrainTestKit"], swiftSettings: strict),
    .testTarget(
      name: "TrainCoreTests", dependencies: ["TrainBase", "TrainCore", "TrainFiles", "TrainTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "TrainConfigTests", dependencies: ["TrainConfig", "TrainBase", "TrainCore", "TrainFiles", "TrainTestKit"],
      exclude: ["Corpus"],
      swiftSettings: strict),
    .testTarget(
      name: "TrainStoreTests",
      dependencies: ["TrainBase", "TrainCore", "TrainFiles", "TrainStore", "TrainTestKit", grdb], swiftSettings: strict),
    .testTarget(
      name: "TrainEngineTests",
      dependencies: ["TrainBase", "TrainCore", "TrainFiles", "TrainEngine", "TrainTestKit", logging],
      swiftSettings: strict),
    .testTarget(
      name: "TrainTransportTests",
      dependencies: ["TrainBase", "TrainCore", "TrainFiles", "TrainTestKit", "TrainTransport", nioCore, nioHTTP1],
      swiftSettings: strict),
    .testTarget(
      name: "TrainProvidersTests",
      dependencies: [
        "TrainBase", "TrainCore", "TrainFiles", "TrainProviders", "TrainRunner", "TrainTestKit", "TrainTransport",
        "TrainViam", "ViamAPI",
        "traind-runner", protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TrainRunnerTests",
      dependencies: ["TrainBase", "TrainCore", "TrainFiles", "TrainRunner", "TrainTestKit", "traind-runner"],
      exclude: ["Corpus"], swiftSettings: strict),
    .testTarget(
      name: "TrainRegistriesTests",
      dependencies: [
        "TrainBase", "TrainCore", "TrainFiles", "TrainRegistries", "TrainTestKit", "TrainTransport", "TrainViam",
        nioCore, nioHTTP1, protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TrainSigningTests",
      dependencies: ["TrainControl", "TrainBase", "TrainCore", "TrainFiles", "TrainSigning", "TrainTestKit", crypto],
      swiftSettings: strict),
    .testTarget(
      name: "TrainControlTests",
      dependencies: ["TrainControl", "TrainBase", "TrainCore", "TrainFiles", "TrainTestKit"], exclude: ["Corpus"],
      swiftSettings: strict),
    // The real programs, killed.
    .testTarget(
      name: "TrainCrashTests",
      dependencies: [
        "TrainControl", "TrainBase", "TrainCore", "TrainFiles", "TrainTestKit", "traind", "traind-runner",
      ], swiftSettings: strict),
    .testTarget(
      name: "TrainDaemonTests",
      dependencies: [
        "TrainConfig", "TrainControl", "TrainBase", "TrainCore", "TrainFiles", "TrainDaemon", "TrainEngine",
        "TrainProviders", "TrainStore",
        "TrainTestKit", "TrainTransport", "traind", "traind-runner", "trainctl", lifecycle, logging,
      ],
      exclude: ["Corpus"], swiftSettings: strict),
  ])
