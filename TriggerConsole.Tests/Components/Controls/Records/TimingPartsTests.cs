using TriggerConsole.Components.Controls.Records;
using TriggerConsole.Core.Http;
using Xunit;

namespace TriggerConsole.Tests.Components.Controls.Records;

public sealed class TimingPartsTests
{
    [Fact]
    public void Of_NewConnection_SharesTheWholeTime()
    {
        var parts = TimingParts.Of(new() { DnsMs = 2, ConnectMs = 3, TlsMs = 10, FirstByteMs = 40, TotalMs = 42 });
        Assert.Equal([("dns", 2), ("connect", 3), ("tls", 10), ("wait", 25), ("read", 2)], parts.Select(p => (p.Css, p.Milliseconds)));
    }

    [Fact]
    public void Of_ReusedConnection_HasWaitingAndReadingOnly()
        => Assert.Equal(["wait", "read"], TimingParts.Of(new() { FirstByteMs = 40, TotalMs = 42, ReusedConnection = true }).Select(p => p.Css));

    [Fact]
    public void Of_NoAnswer_TheRestIsWaiting()
        => Assert.Equal([("dns", 2), ("wait", 28)], TimingParts.Of(new() { DnsMs = 2, TotalMs = 30 }).Select(p => (p.Css, p.Milliseconds)));

    [Fact]
    public void Of_ClocksThatDisagree_NothingIsNegative()
        => Assert.All(TimingParts.Of(new RecordedHttpTimings { DnsMs = 5, ConnectMs = 5, FirstByteMs = 9, TotalMs = 8 }), p => Assert.True(p.Milliseconds >= 0));
}
