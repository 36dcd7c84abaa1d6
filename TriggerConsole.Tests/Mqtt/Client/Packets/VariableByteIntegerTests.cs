using TriggerConsole.Core.Mqtt.Client.Packets;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Packets;

[Trait("mqtt", "MQTT-1.5.5-1")]
public sealed class VariableByteIntegerTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    [InlineData(268_435_455, "FFFFFF7F")]
    public void WriteAndRead_Boundaries_UseTheFewestBytes(int value, string bytes)
    {
        var target = new byte[4];
        var written = VariableByteInteger.Write(target, value);

        Assert.Equal(bytes, Convert.ToHexString(target, 0, written));
        Assert.Equal(written, VariableByteInteger.Size(value));
        Assert.Equal(VariableByteIntegerResult.Read, VariableByteInteger.TryRead(target, out var read, out var count));
        Assert.Equal((value, written), (read, count));
    }

    [Theory]
    [InlineData("8500")]
    [InlineData("808000")]
    [InlineData("8080808001")]
    [InlineData("FFFFFFFF7F")]
    [InlineData("80808080")]
    public void TryRead_TooLongOrNotMinimal_IsMalformed(string bytes)
        => Assert.Equal(VariableByteIntegerResult.Malformed, VariableByteInteger.TryRead(Convert.FromHexString(bytes), out _, out _));

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFF")]
    [InlineData("FFFFFF")]
    public void TryRead_CutShort_IsIncomplete(string bytes)
        => Assert.Equal(VariableByteIntegerResult.Incomplete, VariableByteInteger.TryRead(Convert.FromHexString(bytes), out _, out _));

    [Fact]
    public void WriteAndRead_ManyNumbers_ComeBack()
    {
        var random = new Random(1);
        var target = new byte[4];
        for (var i = 0; i < 10_000; i++)
        {
            var value = random.Next(1 << random.Next(1, 29)) % (VariableByteInteger.Most + 1);
            VariableByteInteger.Write(target, value);

            Assert.Equal(VariableByteIntegerResult.Read, VariableByteInteger.TryRead(target, out var read, out _));
            Assert.Equal(value, read);
        }
    }
}
