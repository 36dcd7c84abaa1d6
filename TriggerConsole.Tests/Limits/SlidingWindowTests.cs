using TriggerConsole.Core.Limits;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class SlidingWindowTests
{
    [Fact]
    public void Free_WindowGoesBy_ComesBackLittleByLittle()
    {
        var window = new SlidingWindow();
        for (var i = 0; i < 10; i++) Take(ref window, 10, 1000, 5_000);

        Assert.Equal(0, window.Free(10, 1000, 5_999));
        Assert.Equal(0, window.Free(10, 1000, 6_000));
        Assert.Equal(5, window.Free(10, 1000, 6_500));
        Assert.Equal(10, window.Free(10, 1000, 7_000));
    }

    [Fact]
    public void Free_AfterALongCalm_IsAll()
    {
        var window = new SlidingWindow();
        for (var i = 0; i < 10; i++) Take(ref window, 10, 1000, 5_000);
        Assert.Equal(10, window.Free(10, 1000, 500_000));
    }

    [Fact]
    public void WaitMs_AnyTraffic_IsExactlyWhenOneIsLetThroughAgain()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var (permits, length, at, window) = (random.Next(1, 20), random.Next(10, 2_000), (long)random.Next(100_000), new SlidingWindow());
            for (var i = 0; i < 60; i++)
            {
                at += random.Next(length / 4 + 1);
                if (window.Free(permits, length, at) > 0)
                {
                    window.Add();
                    continue;
                }
                var wait = window.WaitMs(permits, length, at);
                var (before, then) = (window, window);
                Assert.Equal((true, 0), (wait > 0, wait == 1 ? 0 : before.Free(permits, length, at + wait - 1)));
                Assert.True(then.Free(permits, length, at + wait) > 0, $"{permits} in {length} ms at {at}: not free after {wait} ms");
            }
        }
    }

    [Fact]
    public void Free_SteadyFlood_LetsThroughTheRate()
    {
        var (window, let) = (new SlidingWindow(), 0);
        for (var at = 0L; at < 60_000; at++)
            if (window.Free(100, 1000, at) > 0)
            {
                window.Add();
                let++;
            }
        Assert.InRange(let, 5_900, 6_100);
    }

    [Fact]
    public void TakeBack_LeavesRoomForOneMore()
    {
        var window = new SlidingWindow();
        for (var i = 0; i < 3; i++) Take(ref window, 3, 1000, 100);
        window.TakeBack();
        Assert.Equal(1, window.Free(3, 1000, 100));
    }

    private static void Take(ref SlidingWindow window, int permits, int length, long at)
    {
        Assert.True(window.Free(permits, length, at) > 0);
        window.Add();
    }
}
