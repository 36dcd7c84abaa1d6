using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Egress;
using Xunit;

namespace TriggerConsole.Tests.Egress;

public sealed class EgressPolicyTests
{
    [Theory]
    [InlineData("8.8.8.8", AddressClass.Public)]
    [InlineData("93.184.216.34", AddressClass.Public)]
    [InlineData("9.255.255.255", AddressClass.Public)]
    [InlineData("11.0.0.0", AddressClass.Public)]
    [InlineData("100.63.255.255", AddressClass.Public)]
    [InlineData("100.128.0.0", AddressClass.Public)]
    [InlineData("172.15.255.255", AddressClass.Public)]
    [InlineData("172.32.0.0", AddressClass.Public)]
    [InlineData("192.0.1.0", AddressClass.Public)]
    [InlineData("223.255.255.255", AddressClass.Public)]
    [InlineData("2606:4700::1111", AddressClass.Public)]
    [InlineData("2a00:1450:4001::200e", AddressClass.Public)]
    [InlineData("64:ff9b::8.8.8.8", AddressClass.Public)]
    [InlineData("2002:0808:0808::1", AddressClass.Public)]
    [InlineData("::ffff:8.8.8.8", AddressClass.Public)]
    [InlineData("0.0.0.0", AddressClass.Unspecified)]
    [InlineData("0.1.2.3", AddressClass.Unspecified)]
    [InlineData("::", AddressClass.Unspecified)]
    [InlineData("127.0.0.1", AddressClass.Loopback)]
    [InlineData("127.255.255.254", AddressClass.Loopback)]
    [InlineData("::1", AddressClass.Loopback)]
    [InlineData("10.0.0.0", AddressClass.Private)]
    [InlineData("10.255.255.255", AddressClass.Private)]
    [InlineData("172.16.0.1", AddressClass.Private)]
    [InlineData("172.31.255.255", AddressClass.Private)]
    [InlineData("192.168.1.1", AddressClass.Private)]
    [InlineData("100.64.0.1", AddressClass.CarrierGradeNat)]
    [InlineData("100.127.255.255", AddressClass.CarrierGradeNat)]
    [InlineData("169.254.1.1", AddressClass.LinkLocal)]
    [InlineData("fe80::1", AddressClass.LinkLocal)]
    [InlineData("febf::1", AddressClass.LinkLocal)]
    [InlineData("169.254.169.254", AddressClass.Metadata)]
    [InlineData("169.254.170.2", AddressClass.Metadata)]
    [InlineData("100.100.100.200", AddressClass.Metadata)]
    [InlineData("168.63.129.16", AddressClass.Metadata)]
    [InlineData("192.0.0.192", AddressClass.Metadata)]
    [InlineData("fd00:ec2::254", AddressClass.Metadata)]
    [InlineData("fd20:ce::254", AddressClass.Metadata)]
    [InlineData("fe80::a9fe:a9fe%3", AddressClass.Metadata)]
    [InlineData("224.0.0.1", AddressClass.Multicast)]
    [InlineData("239.255.255.255", AddressClass.Multicast)]
    [InlineData("ff02::1", AddressClass.Multicast)]
    [InlineData("240.0.0.1", AddressClass.Reserved)]
    [InlineData("255.255.255.255", AddressClass.Reserved)]
    [InlineData("192.0.0.1", AddressClass.Reserved)]
    [InlineData("192.88.99.1", AddressClass.Reserved)]
    [InlineData("4000::1", AddressClass.Reserved)]
    [InlineData("100::1", AddressClass.Reserved)]
    [InlineData("5f00::1", AddressClass.Reserved)]
    [InlineData("2001:20::1", AddressClass.Reserved)]
    [InlineData("198.18.0.1", AddressClass.Benchmarking)]
    [InlineData("198.19.255.255", AddressClass.Benchmarking)]
    [InlineData("2001:2::1", AddressClass.Benchmarking)]
    [InlineData("192.0.2.1", AddressClass.Documentation)]
    [InlineData("198.51.100.1", AddressClass.Documentation)]
    [InlineData("203.0.113.1", AddressClass.Documentation)]
    [InlineData("2001:db8::1", AddressClass.Documentation)]
    [InlineData("3fff::1", AddressClass.Documentation)]
    [InlineData("fc00::1", AddressClass.UniqueLocal)]
    [InlineData("fdff::1", AddressClass.UniqueLocal)]
    [InlineData("fec0::1", AddressClass.SiteLocal)]
    public void Judge_NothingNamed_AllowsOnlyPublicAddresses(string address, AddressClass expected)
    {
        var verdict = Policy().Judge(IPAddress.Parse(address));

        Assert.Equal(expected, verdict.Class);
        Assert.Equal(expected == AddressClass.Public, verdict.IsAllowed);
    }

    [Theory]
    [InlineData("::ffff:127.0.0.1", AddressClass.Loopback)]
    [InlineData("::ffff:169.254.169.254", AddressClass.Metadata)]
    [InlineData("64:ff9b::127.0.0.1", AddressClass.Loopback)]
    [InlineData("64:ff9b::169.254.169.254", AddressClass.Metadata)]
    [InlineData("64:ff9b::10.0.0.1", AddressClass.Private)]
    [InlineData("64:ff9b:1::a9fe:a9fe", AddressClass.Metadata)] // as of a /96 prefix
    [InlineData("64:ff9b:1:a9fe:a9:fe00::", AddressClass.Metadata)] // as of a /48 prefix
    [InlineData("2002:7f00:1::", AddressClass.Loopback)]
    [InlineData("2002:a9fe:a9fe::1", AddressClass.Metadata)]
    [InlineData("2002:c0a8:101::1", AddressClass.Private)]
    [InlineData("2001:0:7f00:1::", AddressClass.Loopback)] // Teredo server
    [InlineData("2001:0:808:808:0:0:80ff:fffe", AddressClass.Loopback)] // Teredo client, inverted
    [InlineData("2a00:1450::5efe:10.0.0.1", AddressClass.Private)] // ISATAP
    [InlineData("2a00:1450::200:5efe:127.0.0.1", AddressClass.Loopback)]
    public void Judge_Ipv6CarriesARefusedAddress_IsRefusedForIt(string address, AddressClass expected)
    {
        var verdict = Policy().Judge(IPAddress.Parse(address));

        Assert.False(verdict.IsAllowed);
        Assert.Equal(expected, verdict.Class);
    }

    [Theory]
    [InlineData("::7f00:1")] // IPv4-compatible
    [InlineData("::808:808")]
    [InlineData("::ffff:0:127.0.0.1")] // IPv4-translated
    [InlineData("::ffff:0:8.8.8.8")]
    [InlineData("64:ff9b:1::808:808")]
    public void Judge_FormsThatNobodyShouldUse_AreRefused(string address) => Assert.False(Policy().Judge(IPAddress.Parse(address)).IsAllowed);

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3")]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("10.0.0.1/8", "10.1.2.3")]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3")]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3")]
    [InlineData("0.0.0.0/0", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("fd00::/8", "fd12::1")]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1::808:808")]
    [InlineData("169.254.10.0/24", "169.254.10.5")]
    [InlineData("169.254.0.0/16", "169.254.10.5")]
    [InlineData("fe80::/64", "fe80::1")]
    [InlineData("169.254.169.254", "169.254.169.254")]
    [InlineData("fd00:ec2::254", "fd00:ec2::254")]
    [InlineData("100.100.100.200/32", "100.100.100.200")]
    public void Judge_NetworkNamed_Allows(string network, string address) => Assert.True(Policy(network).Judge(IPAddress.Parse(address)).IsAllowed);

    [Theory]
    [InlineData("0.0.0.0/0", "169.254.1.1")]
    [InlineData("0.0.0.0/0", "169.254.169.254")]
    [InlineData("169.0.0.0/8", "169.254.1.1")]
    [InlineData("169.254.0.0/16", "169.254.169.254")]
    [InlineData("169.254.169.0/24", "169.254.169.254")]
    [InlineData("100.64.0.0/10", "100.100.100.200")]
    [InlineData("fd00::/8", "fd00:ec2::254")]
    [InlineData("::/0", "fe80::1")]
    [InlineData("::/0", "fd00:ec2::254")]
    [InlineData("::/0", "64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1::a9fe:a9fe")]
    [InlineData("10.0.0.0/8", "64:ff9b::10.0.0.1")]
    [InlineData("10.0.0.0/8", "11.0.0.1", true)]
    [InlineData("10.0.0.0/8", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.2")]
    public void Judge_EntryDoesNotMeanIt_StaysAsItWas(string network, string address, bool isPublic = false)
        => Assert.Equal(isPublic, Policy(network).Judge(IPAddress.Parse(address)).IsAllowed);

    [Fact]
    public void Reason_NamesClassAndSetting()
    {
        Assert.Equal(
            "10.0.0.1 is a private address, and those are not called. If this is meant, an administrator can name the network under Egress:AllowedNetworks.",
            Policy().Judge(IPAddress.Parse("10.0.0.1")).Reason);
        Assert.StartsWith("2002:7f00:1:: leads to 127.0.0.1, a loopback address,", Policy().Judge(IPAddress.Parse("2002:7f00:1::")).Reason);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("10.0.0.0/33")]
    [InlineData("localhost")]
    [InlineData("")]
    [InlineData("10.0.0.0/8, 11.0.0.0/8")]
    public void Options_EntryIsNoNetwork_FailWithItsKey(string entry)
    {
        var result = new EgressOptionsRules().Validate(null, new EgressOptions { AllowedNetworks = ["10.0.0.0/8", entry] });

        Assert.True(result.Failed);
        Assert.StartsWith($"Egress:AllowedNetworks:1 (\"{entry}\") must be", Assert.Single(result.Failures!));
    }

    [Fact]
    public void Judge_OwnServer_IsRefusedOnItsPortsOnly()
    {
        var own = new OwnServer(TimeProvider.System);
        own.ListensOn([5080]);
        EgressPolicy Make(bool allow) => new(Options.Create(new EgressOptions { AllowedNetworks = ["127.0.0.0/8", "::1"], AllowOwnServer = allow }), own);

        Assert.All(["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"], address =>
        {
            Assert.Equal((false, AddressClass.OwnServer), (Make(false).Judge(IPAddress.Parse(address), 5080).IsAllowed, Make(false).Judge(IPAddress.Parse(address), 5080).Class));
            Assert.True(Make(false).Judge(IPAddress.Parse(address), 5081).IsAllowed);
            Assert.True(Make(true).Judge(IPAddress.Parse(address), 5080).IsAllowed);
        });
        Assert.Contains("Egress:AllowOwnServer", Make(false).Judge(IPAddress.Loopback, 5080).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.175.48.1")]
    [InlineData("192.0.0.9")]
    [InlineData("2001:1::1")]
    [InlineData("2001:3::1")]
    [InlineData("2001:4:112::1")]
    [InlineData("2001:30::1")]
    [InlineData("2001:0:4136:e378::1")]
    [InlineData("2620:4f:8000::1")]
    [InlineData("100:0:0:1::1")]
    public void Judge_MachineryOfTheNetwork_IsReserved(string address)
        => Assert.Equal((AddressClass.Reserved, false), (Policy().Judge(IPAddress.Parse(address)).Class, Policy().Judge(IPAddress.Parse(address)).IsAllowed));

    [Theory]
    [InlineData("::1%1", AddressClass.Loopback)]
    [InlineData("fd00:ec2::254%4", AddressClass.Metadata)]
    [InlineData("64:ff9b::7f00:1%2", AddressClass.Loopback)]
    public void Judge_Scoped_IsWhatItIsWithoutTheScope(string address, AddressClass expected)
        => Assert.Equal((expected, false), (Policy().Judge(IPAddress.Parse(address)).Class, Policy().Judge(IPAddress.Parse(address)).IsAllowed));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    [InlineData("10.1.2.3")]
    [InlineData("2a00:1450::1")]
    public void Judge_Denied_WinsOverPublicAndAllowed(string address)
    {
        var policy = Policy(new EgressOptions { Networks = { ["others"] = "10.1.0.0/16, 2a00:1450::/32" }, AllowedNetworks = ["10.0.0.0/8", "8.8.8.8"], DeniedNetworks = ["8.8.8.0/24", "others"] });

        var verdict = policy.Judge(IPAddress.Parse(address), 443);

        Assert.False(verdict.IsAllowed);
        Assert.Contains("which Egress:DeniedNetworks (", verdict.Reason, StringComparison.Ordinal);
        Assert.True(policy.Judge(IPAddress.Parse("10.2.0.1"), 443).IsAllowed);
        Assert.True(policy.Judge(IPAddress.Parse("8.8.4.4"), 443).IsAllowed);
    }

    [Fact]
    public void Judge_DeniedOnSomePorts_LeavesTheOthers()
    {
        var policy = Policy(new EgressOptions { DeniedNetworks = ["0.0.0.0/0 ports 22,25"] });

        Assert.False(policy.Judge(IPAddress.Parse("8.8.8.8"), 25).IsAllowed);
        Assert.True(policy.Judge(IPAddress.Parse("8.8.8.8"), 443).IsAllowed);
    }

    [Theory]
    [InlineData("10.20.1.1", 1883, true)]
    [InlineData("10.20.1.1", 8889, true)]
    [InlineData("10.20.1.1", 22, false)]
    [InlineData("fd12:3::1", 1883, true)]
    [InlineData("10.21.1.1", 1883, false)]
    [InlineData("8.8.8.8", 443, true)]
    [InlineData("8.8.8.8", 1883, false)]
    [InlineData("192.168.1.5", 443, true)]
    [InlineData("192.168.1.5", 22, false)]
    public void Judge_NamedNetworkWithPorts_OpensThese(string address, int port, bool isAllowed)
    {
        var policy = Policy(new EgressOptions
        {
            Networks = { ["warehouse"] = "10.20.0.0/16, fd12:3::/48" },
            AllowedNetworks = ["Warehouse ports 1883, 8880-8889", "192.168.1.0/24"],
            AllowedPorts = ["80", "443"],
        });

        Assert.Equal(isAllowed, policy.Judge(IPAddress.Parse(address), port).IsAllowed);
    }

    [Fact]
    public void Reason_OfAPort_NamesWhereItIsSet()
    {
        var policy = Policy(new EgressOptions { AllowedNetworks = ["10.0.0.5 ports 8443"], AllowedPorts = ["443"] });

        Assert.Equal("10.0.0.5 may be called, but not on port 22: Egress:AllowedNetworks says 10.0.0.5 ports 8443. If this is meant, an administrator can add the port there.", policy.Judge(IPAddress.Parse("10.0.0.5"), 22).Reason);
        Assert.Equal("Port 22 may not be called. If this is meant, an administrator can add it to Egress:AllowedPorts.", policy.Judge(IPAddress.Parse("8.8.8.8"), 22).Reason);
        Assert.StartsWith("10.0.0.6 is a private address", policy.Judge(IPAddress.Parse("10.0.0.6"), 443).Reason);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("64:ff9b::7f00:1")]
    public void Judge_OwnServerByAnotherName_IsRefused(string address)
    {
        var own = new OwnServer(TimeProvider.System);
        own.ListensOn([5080]);
        var policy = new EgressPolicy(Options.Create(new EgressOptions { AllowedNetworks = ["0.0.0.0/0", "::/0"] }), own);

        Assert.Equal(AddressClass.OwnServer, policy.Judge(IPAddress.Parse(address), 5080).Class);
        Assert.True(policy.Judge(IPAddress.Parse(address), 5081).IsAllowed);
    }

    [Fact]
    public void Options_Faults_AreAllNamedByTheirKeys()
    {
        var result = new EgressOptionsRules().Validate(null, new EgressOptions
        {
            Networks = { ["1st"] = "10.0.0.0/8", ["empty"] = "", ["good"] = "10.0.0.0/8" },
            AllowedNetworks = ["good", "unknown", "good ports 0", "good ports 80-79", "10.0.0.0/8 ports"],
            DeniedNetworks = ["8.8.8.8/40"],
            AllowedPorts = ["443", "http", "1-2-3"],
        });

        Assert.Equal(
            ["Egress:Networks:1st cannot", "Egress:Networks:empty (", "Egress:AllowedNetworks:1 (", "Egress:AllowedNetworks:2 (", "Egress:AllowedNetworks:3 (", "Egress:AllowedNetworks:4 (", "Egress:DeniedNetworks:0 (", "Egress:AllowedPorts:1 (", "Egress:AllowedPorts:2 ("],
            result.Failures!.Select(f => f[..(f.IndexOfAny([' ']) + (f.Contains("cannot be the name", StringComparison.Ordinal) ? 7 : 2))]));
    }

    [Fact]
    public void Options_FromConfiguration_TakeNamesAndLists()
    {
        var options = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Egress:Networks:warehouse"] = "10.20.0.0/16,fd12:3::/48",
            ["Egress:AllowedNetworks:0"] = "warehouse ports 443",
            ["Egress:DeniedNetworks:0"] = "10.20.9.0/24",
            ["Egress:AllowedPorts:0"] = "443",
        }).Build().GetSection("Egress").Get<EgressOptions>()!;

        Assert.True(new EgressOptionsRules().Validate(null, options).Succeeded);
        Assert.True(Policy(options).Judge(IPAddress.Parse("10.20.1.1"), 443).IsAllowed);
        Assert.False(Policy(options).Judge(IPAddress.Parse("10.20.9.1"), 443).IsAllowed);
    }

    private static EgressPolicy Policy(EgressOptions options) => new(Options.Create(options), new OwnServer(TimeProvider.System));

    internal static EgressPolicy Policy(params string[] allowed) => new(Options.Create(new EgressOptions { AllowedNetworks = [.. allowed] }), new OwnServer(TimeProvider.System));
}
