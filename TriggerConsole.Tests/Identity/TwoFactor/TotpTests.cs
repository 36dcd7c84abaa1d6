using System.Text;
using TriggerConsole.Core.Identity.TwoFactor;
using Xunit;

namespace TriggerConsole.Tests.Identity.TwoFactor;

public sealed class TotpTests
{
    private static readonly byte[] s_secret = "12345678901234567890"u8.ToArray();

    // RFC 6238, appendix B; the last six of its eight digits
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Code_OfTheStandard_IsTheSame(long seconds, string code)
        => Assert.Equal(code, Totp.CodeOf(s_secret, Totp.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Match_CodeOfAnotherStep_IsTakenFromTheNextOnesAlone(int steps, bool isTaken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var step = Totp.StepOf(now) + steps;

        Assert.Equal(isTaken ? step : null, Totp.Match(s_secret, Totp.CodeOf(s_secret, step), now));
    }

    // RFC 4648, section 10
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_OfTheStandard_GoesBothWays(string text, string encoded)
    {
        Assert.Equal(encoded, Base32.Encode(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(text, Encoding.ASCII.GetString(Base32.Decode(encoded)));
    }

    [Fact]
    public void Uri_LongAddress_StillFitsIntoAPicture()
    {
        var uri = Totp.UriOf(new string('A', 32), new string('ä', 60) + "@" + string.Join('.', Enumerable.Repeat("example", 20)) + ".com");

        Assert.InRange(uri.Length, 80, 213);
    }
}
