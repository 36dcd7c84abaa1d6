using System.Net;
using TriggerConsole.Core.Limits;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class LimitKeyTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", 64, true)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", 64, true)]
    [InlineData("203.0.113.7", "203.0.113.8", 64, false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", 64, true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", 64, false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", 48, true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::2", 128, false)]
    [InlineData("2001:db8:1:2:0:0:0:1", "2001:db8:1:2:0:0:0:ff", 120, true)]
    public void Of_Addresses_AreOneCallerInOneNetwork(string one, string other, int prefix, bool same)
        => Assert.Equal(same, LimitKey.Of(LimitPolicy.Api, IPAddress.Parse(one), prefix).Equals(LimitKey.Of(LimitPolicy.Api, IPAddress.Parse(other), prefix)));

    [Fact]
    public void Of_OtherPolicy_IsCountedApart()
        => Assert.NotEqual(LimitKey.Of(LimitPolicy.Api, IPAddress.Loopback, 64), LimitKey.Of(LimitPolicy.Pages, IPAddress.Loopback, 64));

    [Fact]
    public void And_PairsOfAddressAndCallback_AreAllDifferent()
    {
        var callbacks = Enumerable.Range(0, 50).Select(_ => LimitKey.Of(LimitPolicy.Refusals, Guid.NewGuid())).ToList();
        var addresses = Enumerable.Range(0, 50).Select(i => LimitKey.Of(LimitPolicy.Refusals, new IPAddress([203, 0, 113, (byte)i]), 64)).ToList();
        Assert.Equal(2_500, addresses.SelectMany(a => callbacks.Select(c => a.And(c))).Distinct().Count());
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    public void AddressText_IsWhatIsCounted(string address, string text) => Assert.Equal(text, LimitKey.Of(LimitPolicy.Api, IPAddress.Parse(address), 64).AddressText(64));

    [Fact]
    public void AddressText_NoAddress_IsUnknown() => Assert.Equal("unknown", LimitKey.Of(LimitPolicy.Api, null, 64).AddressText(64));
}
