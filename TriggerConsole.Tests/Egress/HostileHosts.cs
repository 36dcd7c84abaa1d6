using System.Net;
using System.Net.Sockets;
using TriggerConsole.Core.Egress;

namespace TriggerConsole.Tests.Egress;

/// <summary>Hosts, as they stand in an address, none of which may be called by anybody who has not been given them by name.</summary>
internal static class HostileHosts
{
    /// <summary>A server that may be called; its address is public, and never really connected to.</summary>
    public const string Public = "public.example";

    public static readonly IPAddress PublicAddress = IPAddress.Parse("8.8.8.8");

    /// <summary>First, last and the well-known addresses of each special range of IPv4.</summary>
    private static readonly string[] s_v4 =
    [
        "0.0.0.0", "0.0.0.1", "0.255.255.255", "10.0.0.0", "10.0.0.1", "10.96.0.1", "10.255.255.255", "100.64.0.0", "100.64.0.1", "100.100.100.200", "100.127.255.255",
        "127.0.0.0", "127.0.0.1", "127.0.0.53", "127.1.2.3", "127.127.127.127", "127.255.255.255", "168.63.129.16",
        "169.254.0.0", "169.254.0.23", "169.254.42.42", "169.254.169.250", "169.254.169.253", "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.255.255",
        "172.16.0.0", "172.16.0.1", "172.17.0.1", "172.31.255.255", "192.0.0.0", "192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.171", "192.0.0.192", "192.0.0.255",
        "192.0.2.0", "192.0.2.255", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.88.99.2", "192.168.0.0", "192.168.0.1", "192.168.1.1", "192.168.255.255", "192.175.48.1",
        "198.18.0.0", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "203.0.113.255", "224.0.0.0", "224.0.0.1", "239.255.255.250", "239.255.255.255",
        "240.0.0.0", "250.1.2.3", "255.255.255.254", "255.255.255.255",
    ];

    /// <summary>Each special range of IPv6, what was never given out, and scoped addresses.</summary>
    private static readonly string[] s_v6 =
    [
        "[::]", "[::1]", "[0:0:0:0:0:0:0:0]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::1%251]", "[::1%25lo]", "[::1%1]",
        "[fe80::1]", "[fe80::1%251]", "[fe80::1%25eth0]", "[febf:ffff::1]", "[fe80::a9fe:a9fe]", "[fe80::a9fe:a9fe%252]", "[fec0::1]", "[feff::1]",
        "[fc00::1]", "[fd00::1]", "[fdff:ffff::1]", "[fd00:ec2::254]", "[fd00:ec2::23]", "[fd20:ce::254]", "[fd00:42::42]", "[ff00::1]", "[ff02::1]", "[ff05::1:3]", "[ffff::ffff]",
        "[100::1]", "[100:0:0:1::1]", "[200::1]", "[400::1]", "[1000::1]", "[2001::1]", "[2001:1::1]", "[2001:1::2]", "[2001:1::3]", "[2001:2::1]", "[2001:3::1]", "[2001:4:112::1]",
        "[2001:10::1]", "[2001:20::1]", "[2001:30::1]", "[2001:1ff:ffff::1]", "[2001:db8::1]", "[2001:db8:ffff::1]", "[2620:4f:8000::1]", "[3fff::1]", "[3fff:fff::1]",
        "[4000::1]", "[5f00::1]", "[6000::1]", "[8000::1]", "[a000::1]", "[c000::1]", "[e000::1]", "[f000::1]", "[f800::1]", "[64:ff9b:1::1]", "[64:ff9b:2::1]",
    ];

    /// <summary>IPv6 addresses that lead to IPv4 ones.</summary>
    private static readonly string[] s_carriers =
    [
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::ffff:0.0.0.0]", "[::ffff:192.168.1.1]", "[::ffff:100.100.100.200]",
        "[::127.0.0.1]", "[::7f00:1]", "[::10.0.0.1]", "[::169.254.169.254]", "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]", "[::ffff:0:10.0.0.1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b::169.254.169.254]", "[64:ff9b::192.168.0.1]", "[64:ff9b::0.0.0.0]", "[64:ff9b::6440:1]",
        "[64:ff9b:1::7f00:1]", "[64:ff9b:1::a9fe:a9fe]", "[64:ff9b:1:7f00:0:100::]", "[64:ff9b:1:a9fe:a9:fe00::]", "[64:ff9b:1:7f:0:1::]", "[64:ff9b:1::7f:0:100:0]",
        "[2002:7f00:1::]", "[2002:7f00:1::1]", "[2002:a00:1::]", "[2002:a9fe:a9fe::]", "[2002:c0a8:101::1]", "[2002:ac10:1::1]", "[2002::1]", "[2002:6440:1::1]", "[2002:e000:1::1]",
        "[2001:0:7f00:1::]", "[2001:0:808:808:0:0:80ff:fffe]", "[2001:0:808:808::5601:5601]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[2a00:1450::5efe:127.0.0.1]", "[2a00:1450::5efe:10.0.0.1]", "[2a00:1450::200:5efe:169.254.169.254]", "[2606:4700::5efe:c0a8:101]", "[fe80::5efe:10.0.0.1]", "[fe80::200:5efe:192.168.0.1]",
    ];

    /// <summary>What resolvers, URL parsers and C libraries take for 127.0.0.1, ::1 or 0.0.0.0.</summary>
    private static readonly string[] s_spellings =
    [
        "127.0.0.1.", "localhost", "localhost.", "LOCALHOST", "LocalHost", "127.1", "127.0.1", "127.0.0.01", "127.00.00.001", "127.000.000.001", "0177.0.0.1", "0177.0.0.01", "00000177.0.0.1",
        "0x7f.0.0.1", "0x7F.0.0.1", "0X7F.0X0.0X0.0X1", "0x7f.1", "0x7f.0.1", "0x7f000001", "0X7F000001", "0x00000000007f000001", "2130706433", "017700000001", "0000017700000001", "127.0x0.0.1", "0x7f.0.0.0x1", "127.0.0.0x1",
        "0", "0x0", "00", "0.0", "0.0.0", "①②⑦.⓪.⓪.①", "①②⑦.0.0.1", "１２７.０.０.１", "１２７．０．０．１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "𝟭𝟮𝟳.𝟬.𝟬.𝟭", "１２７.1", "0ｘ7f.1",
        "127.0.0.1%20", "127.0.0.1%00", "127.0.0.1%2e", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "loc%61lhost", "%6c%6f%63%61%6c%68%6f%73%74", "127.0.0.1%00.public.example", "127.0.0.1%0d%0a",
        "127\u200B.0.0.1", "127.0.0.\u200D1", "loc\u00ADalhost", "loc\u200Dalhost", "loc\u2060alhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ", "𝓁ocalhost", "localhoſt", "lｏcalhost", "ℓocalhost", "localhost\u3002", "127.0.0.1\u3002",
        "[::１]", "[::①]", "[::0001]", "[0::1]", "[::127.0.0.1%25]", "[::ffff:0x7f.1]", "[::ffff:2130706433]", "127.0.0.1\u0660", "١٢٧.٠.٠.١",
    ];

    /// <summary>Names, by what a name service says of them; several of the real world, and some made to deceive.</summary>
    private static readonly Dictionary<string, string[]> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["localhost.localdomain"] = ["127.0.0.1"],
        ["ip6-localhost"] = ["::1"],
        ["ip6-loopback"] = ["::1"],
        ["app.localhost"] = ["127.0.0.1", "::1"],
        ["127.0.0.1.nip.io"] = ["127.0.0.1"],
        ["7f000001.sslip.io"] = ["127.0.0.1"],
        ["localtest.me"] = ["127.0.0.1"],
        ["metadata"] = ["169.254.169.254"],
        ["metadata.google.internal"] = ["169.254.169.254"],
        ["instance-data.ec2.internal"] = ["169.254.169.254"],
        ["kubernetes.default.svc"] = ["10.96.0.1"],
        ["host.docker.internal"] = ["172.17.0.1"],
        ["router.local"] = ["192.168.1.1"],
        ["printer.lan"] = ["192.168.0.20"],
        ["mapped.example"] = ["::ffff:127.0.0.1"],
        ["compatible.example"] = ["::127.0.0.1"],
        ["nat64.example"] = ["64:ff9b::7f00:1"],
        ["sixtofour.example"] = ["2002:7f00:1::"],
        ["teredo.example"] = ["2001:0:808:808:0:0:80ff:fffe"],
        ["several.example"] = ["10.0.0.1", "::1", "169.254.169.254"],
        ["many.example"] = [.. Enumerable.Range(1, 40).Select(i => $"127.0.0.{i}")],
        ["zero.example"] = ["0.0.0.0"],
        ["unspecified.example"] = ["::"],
        ["cgnat.example"] = ["100.64.0.1"],
        ["ula.example"] = ["fd00::1"],
        ["linklocal.example"] = ["fe80::1%1"],
        ["xn--bcher-kva.example"] = ["127.0.0.1"],
        ["dots.example."] = ["127.0.0.1"],
        ["_under_score.example"] = ["127.0.0.1"],
    };

    /// <summary>Whole addresses made to be read in two ways. <c>{P}</c> is the port of a server on this machine.</summary>
    public static readonly string[] Urls =
    [
        "http://public.example@127.0.0.1:{P}/", "http://127.0.0.1:{P}@public.example/", "http://user:pw@127.0.0.1:{P}/", "http://public.example:80@127.0.0.1:{P}", "http://public.example%00@127.0.0.1:{P}/",
        "http://public.example%40127.0.0.1:{P}/", "http://127.0.0.1:{P}%40public.example/", @"http:\\127.0.0.1:{P}\", @"http:/\127.0.0.1:{P}/", @"http:\/127.0.0.1:{P}/", @"http://\127.0.0.1:{P}/",
        @"http://public.example\@127.0.0.1:{P}/", @"http://127.0.0.1:{P}\@public.example/", @"http://public.example\.127.0.0.1:{P}/", "http:/127.0.0.1:{P}/", "http:127.0.0.1:{P}/", "http:///127.0.0.1:{P}/", "http:////127.0.0.1:{P}/", @"http:/\evil", "//127.0.0.1:{P}/", "127.0.0.1:{P}",
        "http://public.example#@127.0.0.1:{P}/", "http://public.example?@127.0.0.1:{P}/", "http://public.example;@127.0.0.1:{P}/", "http://public.example&@127.0.0.1:{P}/", "http://127.0.0.1:{P}#@public.example/", "http://127.0.0.1:{P}?@public.example/",
        "http://127.0.0.1\t:{P}/", "http://127.0.0\n.1:{P}/", "http://127.0.0.1\r\n:{P}/", "h\tttp://127.0.0.1:{P}/", "\thttp://127.0.0.1:{P}/", " http://127.0.0.1:{P}/ ", "http:// 127.0.0.1:{P}/", "http://127.0.0.1 :{P}/", "http://127.0.0.1:{P} /", "http://127.0.0.1:{P}\0.public.example/", "http://public.example\t@127.0.0.1:{P}/", "http://public.example\n127.0.0.1:{P}/",
        "http://127.0.0.1:{P}:80/", "http://127.0.0.1:0{P}/", "http://127.0.0.1:+{P}/", "http://127.0.0.1:{P}%2f/", "http://127.0.0.1:\uFF11/", "http://127.0.0.1:{P}/\r\nHost: public.example", "HTTP://127.0.0.1:{P}/", "hTtP://LOCALHOST:{P}/", "http://[::1]:{P}/", "http://[::1%25lo]:{P}/", "http://[::ffff:127.0.0.1]:{P}/", "http://[127.0.0.1]:{P}/", "http://[localhost]:{P}/", "http://[::1]public.example:{P}/",
        "file:///etc/passwd", "ftp://127.0.0.1:{P}/", "gopher://127.0.0.1:{P}/_x", "dict://127.0.0.1:{P}/", "ldap://127.0.0.1:{P}/", "tftp://127.0.0.1:{P}/", "jar:http://127.0.0.1:{P}/!/", "javascript:alert(1)", "data:text/plain,x", "unix:///var/run/docker.sock", "http+unix://%2fvar%2frun%2fdocker.sock/", "netdoc:///etc/passwd", "\\\\127.0.0.1\\c$\\x", "ws://127.0.0.1:{P}/",
    ];

    /// <summary>All hosts, each once.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_v4, .. s_v6, .. s_carriers, .. s_spellings, .. s_names.Keys];

    /// <summary>Those of them that really lead to this machine when the policy allows loopback: they show that the others are refused for the right reason.</summary>
    public static IReadOnlyList<string> OfThisMachine { get; } =
        ["127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127。0。0。1", "localtest.me", "mapped.example", "many.example", "dots.example."];

    /// <summary>A name service that knows the names above, and leaves to the system what the system reads as an address.</summary>
    public sealed class Names : IHostResolver
    {
        /// <summary>What is said of <c>changing.example</c>, one answer after the other; the last one stays.</summary>
        public Queue<string> Answers { get; } = new();

        public int Asked;

        /// <summary>Questions about names that do not exist: nothing can be called there, so nothing needs refusing.</summary>
        public int Unknown;

        public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            try { return await FindAsync(host, cancellationToken); }
            catch (Exception exception) when (exception is SocketException or ArgumentException)
            {
                Interlocked.Increment(ref Unknown);
                throw;
            }
        }

        private Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Asked);
            if (host.Equals("changing.example", StringComparison.OrdinalIgnoreCase))
                lock (Answers) return Task.FromResult<IPAddress[]>([IPAddress.Parse(Answers.Count > 1 ? Answers.Dequeue() : Answers.Peek())]);
            if (host.TrimEnd('.').Equals(Public, StringComparison.OrdinalIgnoreCase)) return Task.FromResult<IPAddress[]>([PublicAddress]);
            if (s_names.TryGetValue(host, out var addresses)) return Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse));
            var plain = host.TrimEnd('.');
            return plain.Equals("localhost", StringComparison.OrdinalIgnoreCase) || plain.All(c => char.IsAsciiHexDigit(c) || c is '.' or 'x' or 'X')
                ? Dns.GetHostAddressesAsync(host, cancellationToken)
                : throw new SocketException((int)SocketError.HostNotFound);
        }
    }

    /// <summary>Listens on every address of this machine, and counts who comes.</summary>
    public sealed class Guarded : IDisposable
    {
        private readonly TcpListener _listener = TcpListener.Create(0);
        private int _connections;

        public Guarded()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>How many have come, those among them that wait to be taken.</summary>
        public int Connections => _connections + (_listener.Pending() ? 1 : 0);

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var socket = await _listener.AcceptSocketAsync();
                    Interlocked.Increment(ref _connections);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException) { }
        }
    }
}
