using TriggerConsole.Core.Templates.Rendering;
using Xunit;

namespace TriggerConsole.Tests.Templates.Rendering;

public sealed class PooledBufferTests
{
    [Fact]
    public void Written_AfterGrowing_HoldsWhatWasWritten()
    {
        using var buffer = new PooledBuffer(4);
        for (var i = 0; i < 10_000; i++)
        {
            buffer.GetSpan(3)[0] = (byte)i;
            buffer.Advance(1);
        }
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (byte)i), buffer.Written.ToArray());
    }
}
