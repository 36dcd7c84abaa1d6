using TriggerConsole.Components.Pages.Callbacks;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Callbacks;

public sealed class CurlLineTests
{
    [Fact]
    public void Of_Post_SendsJsonWithTheToken()
        => Assert.Equal("""curl http://x/api/trigger/1 -H "X-Callback-Token: tct_1" -H "Content-Type: application/json" -d "{\"hello\":\"world\"}" """.TrimEnd(),
            CurlLine.Of("http://x/api/trigger/1", ["GET", "POST"], "tct_1"));

    [Theory]
    [InlineData("GET", "curl http://x -H \"X-Callback-Token: YOUR_TOKEN\"")]
    [InlineData("HEAD", "curl --head http://x -H \"X-Callback-Token: YOUR_TOKEN\"")]
    [InlineData("DELETE", "curl -X DELETE http://x -H \"X-Callback-Token: YOUR_TOKEN\"")]
    public void Of_MethodWithoutBody_SendsNone(string method, string line) => Assert.Equal(line, CurlLine.Of("http://x", [method], null));

    [Fact]
    public void Of_Put_NamesTheMethodAndSendsABody()
        => Assert.StartsWith("curl -X PUT http://x -H \"X-Callback-Token: YOUR_TOKEN\" -H \"Content-Type", CurlLine.Of("http://x", ["PUT"], null), StringComparison.Ordinal);
}
