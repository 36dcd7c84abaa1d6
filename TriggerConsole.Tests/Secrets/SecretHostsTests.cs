using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Secrets;

public sealed class SecretHostsTests
{
    [Theory]
    [InlineData("crm.example", "crm.example", true)]
    [InlineData("crm.example", "CRM.example.", true)]
    [InlineData("crm.example", "crm.example.evil.example", false)]
    [InlineData("crm.example", "evilcrm.example", false)]
    [InlineData("crm.example", "a.crm.example", false)]
    [InlineData("*.crm.example", "a.crm.example", true)]
    [InlineData("*.crm.example", "a.b.CRM.example", true)]
    [InlineData("*.crm.example", "crm.example", false)]
    [InlineData("*.crm.example", "evilcrm.example", false)]
    [InlineData("*.crm.example", ".crm.example", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.70", false)]
    [InlineData("[2001:db8::1]", "2001:db8::1", true)]
    [InlineData("bücher.example", "xn--bcher-kva.example", true)]
    [InlineData(" Crm.Example ,other.example", "other.example", true)]
    public void Allow_Host_IsWhatWasNamed(string hosts, string host, bool expected)
    {
        var errors = new FieldErrors();
        var read = SecretHosts.Read(hosts.Split(','), errors);

        Assert.False(errors.Any);
        Assert.Equal(expected, SecretHosts.Of(read.Text).Allow(host));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.*.example")]
    [InlineData("https://crm.example")]
    [InlineData("crm.example:443")]
    [InlineData("crm.example/path")]
    [InlineData("user@crm.example")]
    [InlineData("*.192.0.2.7")]
    [InlineData("a b")]
    public void Read_NoHost_IsAFaultThatNamesIt(string host)
    {
        var errors = new FieldErrors();
        SecretHosts.Read(["fine.example", host], errors);

        Assert.Equal("allowedHosts[1]", Assert.Single(errors.All).Field);
    }

    [Fact]
    public void Allow_NoHostNamed_IsAny() => Assert.True(SecretHosts.Of("").Allow("anywhere.example"));
}
