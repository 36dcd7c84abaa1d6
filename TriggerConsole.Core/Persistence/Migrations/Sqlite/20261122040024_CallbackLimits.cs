using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TriggerConsole.Core.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class CallbackLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "limit_per_minute",
                table: "callbacks",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "limit_per_second",
                table: "callbacks",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "limit_per_minute",
                table: "callbacks");

            migrationBuilder.DropColumn(
                name: "limit_per_second",
                table: "callbacks");
        }
    }
}
