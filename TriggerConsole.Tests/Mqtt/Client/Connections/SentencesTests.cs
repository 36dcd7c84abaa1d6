using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Connections;
using TriggerConsole.Core.Mqtt.Client.Packets;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Connections;

[Trait("mqtt", "Project: log safety")]
public sealed class SentencesTests
{
    [Theory]
    [InlineData("no\r\nway", @"no\u000D\u000Away")]
    [InlineData("\u001B[31mred", @"\u001B[31mred")]
    [InlineData("a\u2028b\u202Ec", @"a\u2028b\u202Ec")]
    [InlineData("plain é 🙂", "plain é 🙂")]
    public void Safe_OddCharacters_AreShownAsEscapes(string text, string safe) => Assert.Equal(safe, Sentences.Safe(text));

    [Fact]
    public void Safe_LongText_IsCut() => Assert.Equal(new string('x', 256) + "…", Sentences.Safe(new('x', 100_000)));

    [Fact]
    public void Refusal_WordsOfTheBroker_AreHarmless()
    {
        var failure = Sentences.Of(new ConnackPacket { Reason = MqttReasonCode.NotAuthorized, ReasonText = "a\r\nINFO fake line" }, "broker:1883");

        Assert.Equal(@"broker:1883 refused the connection: not authorised (0x87). It says: ""a\u000D\u000AINFO fake line"".", failure.Sentence);
    }

    [Fact]
    public void Meaning_EveryReason_IsKnown()
    {
        var meanings = Enum.GetValues<MqttReasonCode>().Select(r => r.Meaning()).ToList();

        Assert.DoesNotContain(((MqttReasonCode)0x7F).Meaning(), meanings);
        Assert.Equal(meanings.Count, meanings.Distinct().Count());
    }
}
