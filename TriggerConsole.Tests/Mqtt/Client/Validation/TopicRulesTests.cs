using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Validation;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Validation;

public sealed class TopicRulesTests
{
    [Theory]
    [Trait("mqtt", "MQTT-4.7.0-1")]
    [Trait("mqtt", "MQTT-4.7.1-1")]
    [Trait("mqtt", "MQTT-4.7.1-2")]
    [InlineData("#", true)]
    [InlineData("a/#", true)]
    [InlineData("/#", true)]
    [InlineData("+", true)]
    [InlineData("+/a/+", true)]
    [InlineData("/", true)]
    [InlineData("a//b", true)]
    [InlineData("+/#", true)]
    [InlineData("a#", false)]
    [InlineData("a/#/b", false)]
    [InlineData("##", false)]
    [InlineData("#/a", false)]
    [InlineData("a+", false)]
    [InlineData("a/+b", false)]
    [InlineData("++", false)]
    [InlineData("a/b#", false)]
    public void CheckFilter_Wildcards_StandAloneAndLast(string filter, bool isGood) => Check(() => TopicRules.CheckFilter("Filter", filter), isGood);

    [Theory]
    [Trait("mqtt", "MQTT-4.8.2-1")]
    [Trait("mqtt", "MQTT-4.8.2-2")]
    [InlineData("$share/g/a", true)]
    [InlineData("$share/g/+/#", true)]
    [InlineData("$share/g//", true)]
    [InlineData("$share/g", false)]
    [InlineData("$share/g/", false)]
    [InlineData("$share//a", false)]
    [InlineData("$share/", false)]
    [InlineData("$share/+/a", false)]
    [InlineData("$share/g#/a", false)]
    [InlineData("$share/g/a#", false)]
    [InlineData("$shared/x", true)]
    public void CheckFilter_Shared_HasNameAndFilter(string filter, bool isGood) => Check(() => TopicRules.CheckFilter("Filter", filter), isGood);

    [Theory]
    [Trait("mqtt", "MQTT-4.7.3-1")]
    [Trait("mqtt", "MQTT-4.7.3-2")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Check_NoText_IsRefusedAsNameAndAsFilter(string text)
    {
        Check(() => TopicRules.CheckName("Topic", text), false);
        Check(() => TopicRules.CheckFilter("Filter", text), false);
    }

    [Fact]
    [Trait("mqtt", "MQTT-1.5.4-1")]
    public void Check_HalfACharacter_IsRefusedAsNameAndAsFilter() => Check_NoText_IsRefusedAsNameAndAsFilter("a" + (char)0xD800);

    [Fact]
    [Trait("mqtt", "1.5.4 String length")]
    [Trait("mqtt", "MQTT-4.7.3-3")]
    public void Check_Length_IsCountedInBytes()
    {
        Check(() => TopicRules.CheckName("Topic", new('x', 65_535)), true);
        Check(() => TopicRules.CheckName("Topic", new('x', 65_536)), false);
        Check(() => TopicRules.CheckName("Topic", new('€', 21_845)), true);
        Check(() => TopicRules.CheckName("Topic", new('€', 21_846)), false);
        Check(() => TopicRules.CheckFilter("Filter", new('x', 65_536)), false);
    }

    [Theory]
    [Trait("mqtt", "1.5.4 Control characters")]
    [InlineData("a\u0001")]
    [InlineData("a\nb")]
    [InlineData("a\u007F")]
    [InlineData("a\u0085")]
    [InlineData("a\uFFFE")]
    [InlineData("a\uFFFF")]
    [InlineData("a\uFDD0")]
    [InlineData("a\U0001FFFE")]
    public void CheckName_ControlCharacters_AreRefused(string topic) => Check(() => TopicRules.CheckName("Topic", topic), false);

    [Theory]
    [Trait("mqtt", "MQTT-4.7.3-4")]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/B", false)]
    [InlineData("caf\u00E9", "cafe\u0301", false)]
    [InlineData("a", "/a", false)]
    [InlineData("a", "a/", false)]
    [InlineData("+", "a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("+/+", "/a", true)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a/b/b/c", false)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("#", "a/b", true)]
    [InlineData("/#", "a", false)]
    [InlineData("/#", "/", true)]
    [InlineData("+/#", "a", true)]
    [InlineData("$share/g/a/+", "a/b", true)]
    [InlineData("$share/g/a/+", "g/a", false)]
    public void Matches_FilterAndName_ByTheLevel(string filter, string name, bool matches) => Assert.Equal(matches, TopicRules.Matches(filter, name));

    [Theory]
    [Trait("mqtt", "MQTT-4.7.2-1")]
    [InlineData("#", false)]
    [InlineData("+/monitor", false)]
    [InlineData("+/#", false)]
    [InlineData("$share/g/#", false)]
    [InlineData("$SYS/#", true)]
    [InlineData("$SYS/+", true)]
    [InlineData("$SYS/monitor", true)]
    public void Matches_NameThatBeginsWithDollar_NotByWildcards(string filter, bool matches) => Assert.Equal(matches, TopicRules.Matches(filter, "$SYS/monitor"));

    private static void Check(Action check, bool isGood)
    {
        if (isGood) check();
        else Assert.Throws<MqttArgumentException>(check);
    }
}
